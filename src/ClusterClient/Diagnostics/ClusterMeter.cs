using System.Diagnostics.Metrics;

namespace ClusterClient.Diagnostics;

/// <summary>The numbers that a data source publishes, under the meter's name "ClusterClient". One for each data source, disposed with it.</summary>
internal sealed class ClusterMeter : IDisposable
{
    public const string Name = "ClusterClient";

    private readonly Meter _meter;
    private readonly Counter<long> _lost;
    private readonly string _cluster;

    /// <param name="cluster">The data source's name, a tag of all its numbers.</param>
    /// <param name="meters">Makes the meter, and owns it then; null for one of this library's own.</param>
    public ClusterMeter(string cluster, IMeterFactory? meters = null)
    {
        _cluster = cluster;
        _meter = meters?.Create(new MeterOptions(Name)) ?? new(Name);
        _lost = _meter.CreateCounter<long>(
            "clusterclient.commits.lost", "{commit}", "Commits acknowledged to this process that a failover lost, or may have lost.");
    }

    /// <summary>A failover lost so many for certain, and perhaps so many more.</summary>
    public void CommitsLost(int certain, int possible)
    {
        Add(certain, "certain");
        Add(possible, "possible");
    }

    public void Dispose() => _meter.Dispose();

    private void Add(int count, string certainty)
    {
        if (count > 0)
        {
            _lost.Add(count, new("cluster", _cluster), new("certainty", certainty));
        }
    }
}
