namespace ClusterClient.Simulation.Engine;

/// <summary>Latencies of one run, in milliseconds; all of them are kept, so that quantiles are exact.</summary>
internal sealed class LatencySample
{
    private double[] _values = new double[1 << 16];
    private double _sum;
    private bool _sorted;

    public int Count { get; private set; }

    /// <summary>The mean; 0 of none.</summary>
    public double Mean => Count == 0 ? 0 : _sum / Count;

    public void Add(double milliseconds)
    {
        if (Count == _values.Length)
        {
            Array.Resize(ref _values, Count * 2);
        }

        _values[Count++] = milliseconds;
        _sum += milliseconds;
        _sorted = false;
    }

    /// <summary>By rank, without interpolation: the smallest value that at least this share does not exceed; 0 of none.</summary>
    public double Quantile(double share)
    {
        if (!_sorted)
        {
            Array.Sort(_values, 0, Count);
            _sorted = true;
        }

        return Count == 0 ? 0 : _values[Math.Clamp((int)Math.Ceiling(share * Count) - 1, 0, Count - 1)];
    }
}
