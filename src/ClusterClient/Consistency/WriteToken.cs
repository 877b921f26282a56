using ClusterClient.Topology;

namespace ClusterClient.Consistency;

/// <summary>What a read must show: all that its caller had written by a moment. Immutable.</summary>
/// <remarks>
/// <para>
/// Nobody is asked for a position. A look at the primary that began after the write had ended tells one that the write lies before, and the
/// monitor looks all the time; until such a look is published, nothing but the primary is known to have the write. A replica has it that was seen
/// in that look's epoch, at or beyond its position: a node's position never goes back while it follows, so what the snapshot shows is the least.
/// </para>
/// <para>
/// A new primary has what is left of the history: all that it is certain to keep is what a look at it tells, and the position of the epoch before says
/// nothing in its own. So the place is taken anew whenever the primary's epoch is another. That a replica's epoch may be newer than it shows does no
/// harm: it is then behind a promotion, in which the write was kept or lost for everybody.
/// </para>
/// </remarks>
internal sealed record WriteToken
{
    private readonly long _endedAt;

    // 0 as long as no look that began after the write has been published.
    private readonly long _epoch;
    private readonly LogPosition _position;

    /// <param name="endedAt">Timestamp, of the data source's time provider, at which the write had ended.</param>
    public WriteToken(long endedAt) => _endedAt = endedAt;

    /// <summary>The same as far as it is known by this snapshot.</summary>
    public WriteToken In(ClusterTopology topology) =>
        topology.Primary is { } primary && primary.SeenAt > _endedAt && primary.Epoch != _epoch
            ? new WriteToken(this, primary.Epoch, primary.LogEnd)
            : this;

    /// <summary>Whether a replica certainly has the write.</summary>
    public bool IsHadBy(NodeDescription node) =>
        _epoch != 0 && node is { Role: NodeRole.Replica, Followed: { } sight } && sight.Epoch == _epoch && sight.Position >= _position;

    /// <summary>Whether any does.</summary>
    public bool IsHadByAny(ClusterTopology topology)
    {
        foreach (var node in topology.Nodes)
        {
            if (IsHadBy(node))
            {
                return true;
            }
        }

        return false;
    }

    private WriteToken(WriteToken token, long epoch, LogPosition position)
        : this(token._endedAt) => (_epoch, _position) = (epoch, position);
}
