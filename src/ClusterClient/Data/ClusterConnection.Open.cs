using System.Data;
using ClusterClient.Routing;
using AmbientTransaction = System.Transactions.Transaction;

namespace ClusterClient.Data;

// Opening, closing, and the events that go with them.
public partial class ClusterConnection
{
    private static readonly StateChangeEventArgs Opened = new(ConnectionState.Closed, ConnectionState.Open);
    private static readonly StateChangeEventArgs Closed = new(ConnectionState.Open, ConnectionState.Closed);

    /// <summary>
    /// Chooses a node and opens a connection to it, waiting for one where there is none, up to the data source's failover timeout.
    /// </summary>
    /// <exception cref="ClusterUnavailableException">No node could be had in time; the message explains every node.</exception>
    /// <exception cref="InvalidOperationException">The connection is open already.</exception>
    public override void Open()
    {
        BeginOpening();
        try
        {
            Bind(Opener.Open(EffectiveIntent));
        }
        finally
        {
            _isOpening = false;
        }

        OnStateChange(Opened);
    }

    /// <inheritdoc cref="Open"/>
    public override async Task OpenAsync(CancellationToken cancellationToken)
    {
        BeginOpening();
        try
        {
            Bind(await Opener.OpenAsync(EffectiveIntent, cancellationToken).ConfigureAwait(false));
        }
        finally
        {
            _isOpening = false;
        }

        OnStateChange(Opened);
    }

    /// <summary>Gives the connection back to its node's pool. A closed connection can be opened again, perhaps to another node.</summary>
    public override void Close()
    {
        if (Unbind() is { } native)
        {
            native.Dispose();
            OnStateChange(Closed);
        }
    }

    /// <inheritdoc cref="Close"/>
    public override async Task CloseAsync()
    {
        if (Unbind() is { } native)
        {
            await native.DisposeAsync().ConfigureAwait(false);
            OnStateChange(Closed);
        }
    }

    /// <inheritdoc/>
    public override async ValueTask DisposeAsync()
    {
        await CloseAsync().ConfigureAwait(false);
        GC.SuppressFinalize(this);
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            Close();
        }

        base.Dispose(disposing);
    }

    /// <summary>
    /// Once for a command whose reader is to close the connection: the driver closes its own, which closes this one. Subscribed to
    /// on that occasion only, because a subscription on every open would cost every open.
    /// </summary>
    internal void CloseWithNative()
    {
        if (_native is { } native && _nativeClosed is null)
        {
            _nativeClosed = (_, change) =>
            {
                if (change.CurrentState is ConnectionState.Closed or ConnectionState.Broken)
                {
                    Close();
                }
            };
            native.StateChange += _nativeClosed;
        }
    }

    // Everything inside one ambient transaction belongs on one node, and it may write.
    private RouteIntent EffectiveIntent =>
        Intent == RouteIntent.Read && AmbientTransaction.Current is not null ? RouteIntent.Write : Intent;

    private void BeginOpening()
    {
        if (_isOpening || _native?.State is { } state and not (ConnectionState.Closed or ConnectionState.Broken))
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
        Volatile.Write(ref _native, opened.Native);
        opened.Node.Open.Add(this);
    }

    private System.Data.Common.DbConnection? Unbind()
    {
        if (Interlocked.Exchange(ref _native, null) is not { } native)
        {
            return null;
        }

        if (_nativeClosed is not null)
        {
            native.StateChange -= _nativeClosed;
            _nativeClosed = null;
        }

        _node!.Open.Remove(this);
        _node.State.End();
        _node = null;
        return native;
    }
}
