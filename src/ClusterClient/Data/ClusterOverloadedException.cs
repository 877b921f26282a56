using System.Data.Common;
using System.Globalization;
using ClusterClient.Topology;

namespace ClusterClient.Data;

/// <summary>
/// A connection was not opened, because the node that it was for has as much to do as it can, and too much waits for it already. Nothing
/// was sent. The message says what stood in the way and when to try again.
/// </summary>
public sealed class ClusterOverloadedException : DbException
{
    private static readonly TimeSpan LeastWait = TimeSpan.FromMilliseconds(10);
    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(30);

    internal ClusterOverloadedException(string cluster, NodeDescription node, string reason, int limit, int queued, TimeSpan wait)
        : base(string.Create(
            CultureInfo.InvariantCulture,
            $"{cluster}: {node.Endpoint.Name} is at its limit of {limit} calls at a time, {queued} wait: {reason}. Try again in {Bounded(wait).TotalSeconds:0.##} s."))
    {
        Node = node;
        Limit = limit;
        Queued = queued;
        RetryAfter = Bounded(wait);
    }

    /// <summary>The node, as it was seen when the call was refused.</summary>
    public NodeDescription Node { get; }

    /// <summary>How many calls of this process the node was given at a time.</summary>
    public int Limit { get; }

    /// <summary>How many calls waited for it.</summary>
    public int Queued { get; }

    /// <summary>When there may be room: what waits before this caller's next call, at the rate at which the node works. 10 ms to 30 s.</summary>
    public TimeSpan RetryAfter { get; }

    /// <summary>Always true: nothing was sent, and the node may have room soon.</summary>
    public override bool IsTransient => true;

    private static TimeSpan Bounded(TimeSpan wait) => wait < LeastWait ? LeastWait : wait < LongestWait ? wait : LongestWait;
}
