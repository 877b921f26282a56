using System.Data;
using System.Data.Common;
using System.Transactions;
using ClusterClient.Drivers;
using ClusterClient.Routing;
using ClusterClient.Topology;
using IsolationLevel = System.Data.IsolationLevel;

namespace ClusterClient.Data;

/// <summary>
/// What a connection of <see cref="RouteIntent.Auto"/> is made of: a connection for writing and one for reading, each opened when a command
/// first needs it, and opened again, perhaps to another node, where it broke or its node does not suit any more.
/// </summary>
/// <remarks>
/// Everything goes to the one for writing while there is a transaction, and from the moment on that the session is given something of its own
/// until the connection is closed. As long as that is so it is never replaced: what the session had would be lost without a word.
/// </remarks>
/// <param name="owner">The application's connection. Both others have these as well, and name it in its place.</param>
/// <param name="origin">Where it is from.</param>
internal sealed partial class RoleConnections(ClusterConnection owner, ConnectionOrigin origin)
{
    private readonly OwnWrites _writes = new(origin.Opener.Time);
    private ClusterConnection? _writer;
    private ClusterConnection? _reader;
    private ClusterConnection? _last;

    // What was read last from the one for reading.
    private DbDataReader? _rows;

    // A reader of this one is to close the connection.
    private ClusterConnection? _closesWith;
    private ClusterTransaction? _transaction;
    private RouteScope _scope = origin.Scope;
    private bool _isPinned;

    // By a statement of the application's own, as the server said last.
    private bool _isInTransaction;

    // Something ran there that may have, as long as that is so.
    private bool _mayHaveWritten;

    public ClusterConnection Owner => owner;

    public bool IsOpen { get; private set; }

    /// <summary>Where both choose their nodes: the view's, with what reads have to show.</summary>
    public RouteScope Scope => _scope;

    public ConnectionState State =>
        !IsOpen ? ConnectionState.Closed : IsFixed ? _writer!.State : ConnectionState.Open;

    /// <summary>Of the command that ran last.</summary>
    public string? NodeName => _last?.NodeName;

    public string? Database => _isPinned ? _writer!.Database : null;

    private ConnectionOpener Opener => origin.Opener;

    // Whether the session has what another would not.
    private bool IsFixed => _isPinned || _transaction is not null || _isInTransaction;

    /// <summary>
    /// Opens nothing, except inside an ambient transaction, which the driver has the connection join.
    /// </summary>
    public void Open()
    {
        BeginOpening();
        if (Transaction.Current is { } ambient)
        {
            (_writer ??= New(RouteIntent.Write)).Open();
            Join(ambient);
        }

        IsOpen = true;
    }

    /// <inheritdoc cref="Open"/>
    public async Task OpenAsync(CancellationToken cancellationToken)
    {
        BeginOpening();
        cancellationToken.ThrowIfCancellationRequested();
        if (Transaction.Current is { } ambient)
        {
            await (_writer ??= New(RouteIntent.Write)).OpenAsync(cancellationToken).ConfigureAwait(false);
            Join(ambient);
        }

        IsOpen = true;
    }

    /// <returns>Whether it was open.</returns>
    public bool Close()
    {
        var wasOpen = IsOpen;
        IsOpen = false;
        try
        {
            _writer?.Close();
        }
        finally
        {
            Closed();
            _reader?.Close();
        }

        return wasOpen;
    }

    /// <inheritdoc cref="Close"/>
    public async ValueTask<bool> CloseAsync()
    {
        var wasOpen = IsOpen;
        IsOpen = false;
        try
        {
            await (_writer?.CloseAsync() ?? Task.CompletedTask).ConfigureAwait(false);
        }
        finally
        {
            Closed();
            await (_reader?.CloseAsync() ?? Task.CompletedTask).ConfigureAwait(false);
        }

        return wasOpen;
    }

    /// <summary>The connection for writing, open.</summary>
    public ClusterConnection Writer()
    {
        if (MustOpenWriter(out var writer))
        {
            OpenOutside(writer, from: null);
        }

        return writer;
    }

    /// <inheritdoc cref="Writer"/>
    public async ValueTask<ClusterConnection> WriterAsync(CancellationToken cancellationToken)
    {
        if (MustOpenWriter(out var writer))
        {
            await OpenOutsideAsync(writer, from: null, cancellationToken).ConfigureAwait(false);
        }

        return writer;
    }

    /// <summary>The same, which takes everything from now on, because its session is given a state that is known to nobody else.</summary>
    public ClusterConnection Pin()
    {
        var writer = Writer();
        _isPinned = true;
        return writer;
    }

    public void Enlist(Transaction? transaction)
    {
        Pin().EnlistTransaction(transaction);
        if (transaction is not null)
        {
            Join(transaction);
        }
    }

    public ClusterTransaction Begin(IsolationLevel isolationLevel) => Began(Writer().BeginTransaction(isolationLevel));

    public async ValueTask<ClusterTransaction> BeginAsync(IsolationLevel isolationLevel, CancellationToken cancellationToken)
    {
        var writer = await WriterAsync(cancellationToken).ConfigureAwait(false);
        return Began(await writer.BeginTransactionAsync(isolationLevel, cancellationToken).ConfigureAwait(false));
    }

    /// <summary>One of the two told of a change of state, which concerns nobody unless a reader is to close it.</summary>
    public void Changed(ClusterConnection child, StateChangeEventArgs change)
    {
        if (!ReferenceEquals(child, _closesWith))
        {
            return;
        }

        if (change.CurrentState == ConnectionState.Open)
        {
            // Its call was sent again, on a new connection.
            (IsOpen, _closesWith) = (true, child);
        }
        else
        {
            IsOpen = false;
            (ReferenceEquals(child, _writer) ? _reader : _writer)?.Close();
            Closed();
            _closesWith = child;
        }

        owner.Tell(change);
    }

    /// <summary>The transaction is over, whatever became of it.</summary>
    public void Ended(ClusterTransaction transaction)
    {
        if (ReferenceEquals(_transaction, transaction))
        {
            _transaction = null;
            if (_mayHaveWritten || _writer!.IsUnwrapped)
            {
                Wrote();
            }
        }
    }

    /// <summary>Whatever was written for it, here or by other means, has ended by now.</summary>
    public void Wrote()
    {
        _mayHaveWritten = false;
        _writes.Ended();
        Opener.LookEarly();
    }

    private ClusterTransaction Began(ClusterTransaction transaction)
    {
        _last = _writer;
        return _transaction = transaction;
    }

    private void BeginOpening()
    {
        Opener.Start();
        Opener.ThrowIfDisposed();
        _closesWith = null;
        // A view may have another scope for each caller.
        _scope = _scope.After is { } after ? origin.Scope with { After = after } : origin.Scope;
    }

    private void Closed()
    {
        _writes.Closed(_isPinned || _mayHaveWritten || _writer is { IsUnwrapped: true });
        (_transaction, _isPinned, _isInTransaction, _mayHaveWritten) = (null, false, false, false);
        (_rows, _last, _closesWith) = (null, null, null);
    }

    // What is done in it is committed when nobody sees.
    private void Join(Transaction transaction)
    {
        _isPinned = true;
        transaction.TransactionCompleted += (_, _) => _writes.EndedUnseen();
    }
}
