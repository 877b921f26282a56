using ClusterClient.Routing;
using AmbientTransaction = System.Transactions.Transaction;

namespace ClusterClient.Data;

// Hedged reads: a second connection for the same call, and the change to it when it answers first.
public partial class ClusterConnection
{
    /// <summary>The copy that runs on it in place of a hedged command or batch: a <c>Cancel</c> goes there. Null when there is none.</summary>
    internal object? StandIn
    {
        get => Volatile.Read(ref _standIn);
        set => Volatile.Write(ref _standIn, value);
    }

    /// <summary>Whether reads on it are hedged that say nothing of it themselves.</summary>
    internal bool IsHedged => _origin.IsHedged;

    /// <summary>Whether the next call may as well run on another connection: nothing of the session or a transaction is lost by that.</summary>
    internal bool MayBeHedged => _openIntent == RouteIntent.Read && _uses == 0 && _native is not null && AmbientTransaction.Current is null;

    /// <summary>A closed connection for a second attempt at what runs on this one.</summary>
    internal ClusterConnection ForHedge() => new(_origin) { _openIntent = RouteIntent.Read };

    /// <summary>The node for a second attempt: another one, which serves reads as a matter of course. Null when there is none.</summary>
    internal ClusterNode? ChooseForHedge(ClusterNode first)
    {
        var topology = Opener.Topology;
        var request = Opener.Selector.Request(Scope, RouteIntent.Read) with { Avoid = first.Index + 1, Now = Opener.Clock.Now };
        return Opener.Choose(request, topology) is { } node && node.Index != first.Index && node.Index != topology.Primary?.Index ? node : null;
    }

    /// <summary>Opens it on terms of its own: to this node or not at all.</summary>
    internal async Task OpenForHedgeAsync(MoveFrom from, CancellationToken cancellationToken) =>
        Bind(await Opener.OpenAsync(Scope, RouteIntent.Read, cancellationToken, from).ConfigureAwait(false));

    /// <summary>
    /// The second attempt has answered first: from now on this connection is the one that it ran on, which the answer belongs to, and the
    /// other way round. Nobody is told of a change of state, because there is none.
    /// </summary>
    internal void ChangePlaces(ClusterConnection hedge)
    {
        if (hedge._native is not { } won)
        {
            return;
        }

        var (node, isFollowed) = (hedge._node!, hedge._isFollowing);
        hedge.StopFollowing(won);
        node.Open.Remove(hedge);
        hedge._native = null;

        // Null where it broke, and its close was told.
        var lostNode = _node!;
        var lost = Interlocked.Exchange(ref _native, null);
        if (lost is not null)
        {
            StopFollowing(lost);
            lostNode.Open.Remove(this);
            hedge.AbandonCall = AbandonCall;
            hedge.Take(lostNode, lost);
        }

        AbandonCall = null;
        Take(node, won);
        if (IsLeft && Unbind() is { } unwanted)
        {
            // Closed in this moment, which found nothing to close.
            unwanted.Dispose();
            if (lost is not null)
            {
                OnStateChange(Closed);
            }

            return;
        }

        if (isFollowed)
        {
            FollowNative();
        }

        if (lost is null)
        {
            OnStateChange(Opened);
        }
    }
}
