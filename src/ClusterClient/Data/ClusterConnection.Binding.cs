using System.Data;
using System.Data.Common;
using ClusterClient.Diagnostics;
using ClusterClient.Routing;
using AmbientTransaction = System.Transactions.Transaction;

namespace ClusterClient.Data;

// The driver's connection that stands behind it, from the moment it is taken to that in which it is given back.
public partial class ClusterConnection
{
    /// <summary>How often a call was abandoned on this connection.</summary>
    internal int Abandonments { get; private set; }

    /// <summary>The call that runs on it was abandoned: this connection is closed, while somebody else disposes the driver's.</summary>
    internal void Abandon(DbConnection native)
    {
        if (ReferenceEquals(_native, native) && Unbind() is not null)
        {
            Abandonments++;
            OnStateChange(Closed);
        }
    }

    // Everything inside one ambient transaction belongs on one node, and it may write; the driver enlists the connection in it.
    private void SettleIntent()
    {
        var isAmbient = AmbientTransaction.Current is not null;
        _openIntent = isAmbient ? RouteIntent.Write : Intent;
        _uses = isAmbient ? AmbientUses : 0;
    }

    private void BeginOpening()
    {
        ObjectDisposedException.ThrowIf(_isDisposed, this);
        if (State is not (ConnectionState.Closed or ConnectionState.Broken))
        {
            throw new InvalidOperationException("The connection is already open.");
        }

        // The driver's connection broke and nobody closed this one: its place is given back before another is taken.
        Close();
        _isOpening = true;
    }

    private void Bind(OpenedNode opened)
    {
        _node = opened.Node;
        Volatile.Write(ref _reserved, 1 + opened.Trial);
        Take(opened.Node, opened.Native);
    }

    private void Take(ClusterNode node, DbConnection native)
    {
        _node = node;
        IsUnwrapped = false;
        Volatile.Write(ref _native, native);
        node.Open.Add(this);
        node.Driver.Opened(native);
        if (_isWatched)
        {
            FollowNative();
        }

        // T1 opens, T2 publishes that the node is silent and ends its open connections, T1 adds this one to them: it is ended here.
        if (Opener.Topology.Nodes[node.Index].IsSilent)
        {
            node.End(native);
        }
    }

    /// <summary>
    /// Whether the application closed it since its last call began: then whatever becomes of that, nothing is opened for it any more. A
    /// close by the driver's own event is none.
    /// </summary>
    internal bool IsLeft => Volatile.Read(ref _closes) != _closesBefore;

    private void ThrowIfLeft()
    {
        if (IsLeft)
        {
            throw NotOpen();
        }
    }

    // Told before, for a call that meets what is done here, and after, for one that begins meanwhile.
    private DbConnection? Leave()
    {
        _closes++;
        var native = Unbind();
        _closes++;
        return native;
    }

    private DbConnection? Unbind()
    {
        if (_isOpening)
        {
            throw new InvalidOperationException("The connection cannot be closed while it is being opened; cancel the opening.");
        }

        if (Interlocked.Exchange(ref _native, null) is not { } native)
        {
            return null;
        }

        _transaction = null;
        if (_node!.Driver.Unconfirmed.Take(native))
        {
            Log.Unconfirmed(Opener.Logger, Opener.Cluster, _node.Endpoint.Name);
        }

        StopFollowing(native);
        // The node is remembered for the exception that a call may yet end in, having closed the connection first.
        _node.Open.Remove(this);
        if (Unreserve() is > 0 and var trial)
        {
            // It said nothing of the node.
            _node.State.Circuit?.EndTrial(trial, verdict: null);
        }

        _node.State.Closed();
        return native;
    }

    // The node expects this connection's first command until it comes, or the connection goes. Returns the trial that goes with it.
    private int Unreserve()
    {
        // A connection that breaks may be closed by the driver's event while its first command begins: only one of them gives it up.
        if (Volatile.Read(ref _reserved) != 0 && Interlocked.Exchange(ref _reserved, 0) is not 0 and var reserved)
        {
            _node!.State.Unreserve();
            return reserved - 1;
        }

        return 0;
    }
}
