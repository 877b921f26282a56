namespace ClusterClient.Health;

/// <summary>The mean service time of the nodes of one region, as this process meets it: what may be hoped of one that is not known.</summary>
internal sealed class PeerMean
{
    private const float Weight = 0.03f;

    private float _mean;

    /// <summary>In µs; 0 before the first answer.</summary>
    public float Value => Volatile.Read(ref _mean);

    // Plain reads and writes: an observation that is lost in a race was one of many.
    public void Add(float sample) => _mean = _mean == 0 ? sample : _mean + (Weight * (sample - _mean));
}
