using System.Data;
using System.Data.Common;
using ClusterClient.Diagnostics;
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
    /// <exception cref="ObjectDisposedException">The connection was disposed.</exception>
    public override void Open() => OpenFrom(null);

    /// <inheritdoc cref="Open"/>
    public override Task OpenAsync(CancellationToken cancellationToken) => OpenFromAsync(null, cancellationToken);

    /// <summary>The same on special terms.</summary>
    internal void OpenFrom(MoveFrom? from)
    {
        BeginOpening();
        try
        {
            if (Auto is { } roles)
            {
                roles.Open();
            }
            else
            {
                SettleIntent();
                Bind(Opener.Open(Scope, _openIntent, from));
            }
        }
        finally
        {
            _isOpening = false;
        }

        OnStateChange(Opened);
    }

    /// <inheritdoc cref="OpenFrom"/>
    internal async Task OpenFromAsync(MoveFrom? from, CancellationToken cancellationToken)
    {
        BeginOpening();
        try
        {
            if (Auto is { } roles)
            {
                await roles.OpenAsync(cancellationToken).ConfigureAwait(false);
            }
            else
            {
                SettleIntent();
                Bind(await Opener.OpenAsync(Scope, _openIntent, cancellationToken, from).ConfigureAwait(false));
            }
        }
        finally
        {
            _isOpening = false;
        }

        OnStateChange(Opened);
    }

    /// <summary>Another connection from where this one is from, closed.</summary>
    internal ClusterConnection Another() => _origin.CreateConnection();

    /// <summary>Another one, closed, that goes where another intent wants it.</summary>
    internal ClusterConnection Another(RouteIntent intent) => _origin.With(intent).CreateConnection();

    /// <summary>What it was given to be read has changed on the primary, by other means.</summary>
    internal void NoteWrite() => Auto?.Wrote();

    /// <summary>Gives the connection back to its node's pool. A closed connection can be opened again, perhaps to another node.</summary>
    public override void Close()
    {
        if (Leave() is { } native)
        {
            native.Dispose();
            OnStateChange(Closed);
        }
        else if (Auto?.Close() == true)
        {
            OnStateChange(Closed);
        }
    }

    /// <inheritdoc cref="Close"/>
    public override async Task CloseAsync()
    {
        if (Leave() is { } native)
        {
            await native.DisposeAsync().ConfigureAwait(false);
            OnStateChange(Closed);
        }
        else if (Auto is { } roles && await roles.CloseAsync().ConfigureAwait(false))
        {
            OnStateChange(Closed);
        }
    }

    /// <inheritdoc/>
    public override async ValueTask DisposeAsync()
    {
        await CloseAsync().ConfigureAwait(false);
        _isDisposed = true;
        GC.SuppressFinalize(this);
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            Close();
            _isDisposed = true;
        }

        base.Dispose(disposing);
    }

    /// <summary>
    /// The connection became open or closed; closed also when it broke in use. Like the driver's, this event tells of no other
    /// state, and comes before the call that changed the state returns.
    /// </summary>
    public override event StateChangeEventHandler? StateChange
    {
        add
        {
            base.StateChange += value;
            _isWatched = true;
            FollowNative();
        }
        remove => base.StateChange -= value;
    }

    /// <inheritdoc/>
    protected override void OnStateChange(StateChangeEventArgs stateChange)
    {
        if (_origin.Roles is { } roles && Auto is null)
        {
            roles.Changed(this, stateChange);
        }
        else
        {
            base.OnStateChange(stateChange);
        }
    }

    /// <summary>For those that this is made of.</summary>
    internal void Tell(StateChangeEventArgs change) => OnStateChange(change);

    /// <summary>Changes the database of the open connection, as the driver does it; this lasts until the connection is closed.</summary>
    /// <inheritdoc/>
    public override void ChangeDatabase(string databaseName)
    {
        if (Auto is { } roles)
        {
            roles.Pin().ChangeDatabase(databaseName);
            return;
        }

        var native = Pinned();
        _isReopening = true;
        try
        {
            // A driver may close and open its connection for it, which is told on but does not close this one.
            native.ChangeDatabase(databaseName);
        }
        finally
        {
            _isReopening = false;
            if (native.State == ConnectionState.Closed)
            {
                Unbind()?.Dispose();
            }
        }
    }

    /// <summary>
    /// From now on this connection closes when the driver's does: with a reader that is to close it, or because it broke. Asked for
    /// only by such a reader and by those who listen to <see cref="StateChange"/>, because it would cost every open.
    /// </summary>
    internal void FollowNative()
    {
        if (_native is { } native && !_isFollowing)
        {
            _nativeChanged ??= (_, change) =>
            {
                if (_isReopening)
                {
                    OnStateChange(change);
                }
                else if (change.CurrentState is ConnectionState.Closed or ConnectionState.Broken && Unbind() is { } closed)
                {
                    closed.Dispose();
                    OnStateChange(Closed);
                }
            };
            native.StateChange += _nativeChanged;
            _isFollowing = true;
        }
    }

    private void StopFollowing(DbConnection native)
    {
        if (_isFollowing)
        {
            native.StateChange -= _nativeChanged;
            _isFollowing = false;
        }
    }
}
