using ClusterClient.Health;
using ClusterClient.Topology;

namespace ClusterClient.Data;

/// <summary>What a node acknowledged between two looks at it, and how far it can have come with that.</summary>
/// <param name="epoch">The node's epoch in it.</param>
/// <param name="writes">The writes outside of transactions.</param>
/// <param name="endedAt">When it ended, in µs: after all that it counts.</param>
internal sealed class EndedInterval(long epoch, WriteInterval writes, long endedAt)
{
    public long Epoch => epoch;

    public WriteInterval Writes => writes;

    public long EndedAt { get; private set; } = endedAt;

    /// <summary>Whether the node's commits waited for replicas before it and after it.</summary>
    public bool IsSynchronous { get; set; }

    /// <summary>The end of the log at the first look that began after it and was answered: all of it lies before that. Null until then.</summary>
    public LogPosition? Bound { get; private set; }

    /// <summary>When that look began, in µs.</summary>
    public long BoundAt { get; private set; }

    public void BoundBy(LogPosition bound, long at) => (Bound, BoundAt) = (bound, at);

    /// <summary>Is one with the next one from now on: as far as that goes, and no farther.</summary>
    public void Join(EndedInterval next)
    {
        Writes.Take(next.Writes);
        (EndedAt, Bound, BoundAt, IsSynchronous) = (next.EndedAt, next.Bound, next.BoundAt, IsSynchronous && next.IsSynchronous);
    }
}
