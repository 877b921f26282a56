using System.Runtime.ExceptionServices;
using ClusterClient.Topology;
using Npgsql;

namespace ClusterClient.Npgsql;

/// <summary>The monitor's connection to one PostgreSQL server.</summary>
internal sealed class NpgsqlProbe(NpgsqlDataSource source) : INodeProbe
{
    private NpgsqlConnection? _connection;
    private NpgsqlCommand? _command;
    private Task _opening = Task.CompletedTask;
    private PostgresException? _missing;
    private bool _isPrepared;
    private volatile bool _isDisposed;

    public bool IsConnected { get; private set; }

    /// <summary>What it asks on, once it has looked.</summary>
    internal NpgsqlConnection Connection => _connection!;

    public async Task<NodeFacts> LookAsync()
    {
        var began = TimeProvider.System.GetTimestamp();
        if (_connection is null)
        {
            await OpenAsync().ConfigureAwait(false);
            ObjectDisposedException.ThrowIf(_isDisposed, this);
            _command = ProbeQuery.On(_connection!);
            IsConnected = true;
        }
        else
        {
            await PrepareAsync().ConfigureAwait(false);
        }

        var before = TimeProvider.System.GetElapsedTime(began);
        var facts = await AskAsync().ConfigureAwait(false);
        if (_missing is not null && !facts.IsWritable)
        {
            // A replica that has not replayed the creation of the database serves nobody.
            ExceptionDispatchInfo.Throw(_missing);
        }

        return facts with { ServerTime = facts.ServerTime + before };
    }

    public Task WatchAsync(TimeSpan duration, CancellationToken cancellationToken) =>
        // True means that a notice or parameter change came: news about the server, so the next look may as well be now.
        _connection!.WaitAsync(duration, cancellationToken);

    public ValueTask DisposeAsync()
    {
        _isDisposed = true;
        if (_connection is { } connection)
        {
            NpgsqlAbort.TryAbort(connection);
            // Not awaited: without the abort this may last until the driver's timeout, and nothing depends on it.
            _ = Task.Run(() => EndAsync(connection, _opening));
        }

        return ValueTask.CompletedTask;
    }

    // The driver refuses to close a connection that it still opens, and would leave it open for good. Whatever closing one tells that was
    // ended under its user, nobody is there to hear it.
    private static async Task EndAsync(NpgsqlConnection connection, Task opening)
    {
        await opening.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await connection.DisposeAsync().AsTask().ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    // Before the application's database is created, and after it was dropped, there is a primary all the same: to create it on.
    private async Task OpenAsync()
    {
        _connection = source.CreateConnection();
        try
        {
            await (_opening = _connection.OpenAsync()).ConfigureAwait(false);
        }
        catch (PostgresException e) when (e.SqlState == PostgresErrorCodes.InvalidCatalogName && !_isDisposed)
        {
            _missing = e;
            await using var missing = _connection.ConfigureAwait(false);
            _connection = _connection.CloneWith(new NpgsqlConnectionStringBuilder(source.ConnectionString) { Database = "postgres" }.ConnectionString);
            try
            {
                await (_opening = _connection.OpenAsync()).ConfigureAwait(false);
            }
            catch (PostgresException)
            {
                ExceptionDispatchInfo.Throw(e);
            }

            if (_isDisposed)
            {
                await _connection.DisposeAsync().ConfigureAwait(false);
            }
        }
    }

    // Not before the second look: the first may be what a failover waits for, and this is one more round trip. It spares the server
    // four fifths of the work of all looks that follow.
    private async Task PrepareAsync()
    {
        if (_isPrepared)
        {
            return;
        }

        _isPrepared = true;
        try
        {
            await _command!.PrepareAsync().ConfigureAwait(false);
        }
        catch (PostgresException e) when (IsOfPooler(e))
        {
            _command = ProbeQuery.On(_connection!);
        }
    }

    private async Task<NodeFacts> AskAsync()
    {
        try
        {
            return await ProbeQuery.AskAsync(_command!).ConfigureAwait(false);
        }
        catch (PostgresException e) when (e.SqlState == PostgresErrorCodes.ObjectNotInPrerequisiteState)
        {
            // It was promoted between the first column and the others. The role is settled now.
            return await ProbeQuery.AskAsync(_command!).ConfigureAwait(false);
        }
        catch (PostgresException e) when (IsOfPooler(e))
        {
            _command = ProbeQuery.On(_connection!);
            return await ProbeQuery.AskAsync(_command).ConfigureAwait(false);
        }
    }

    // Something between here and the server hands each transaction to another session, where nothing was prepared, or another's was.
    private static bool IsOfPooler(PostgresException e) =>
        e.SqlState is PostgresErrorCodes.InvalidSqlStatementName or PostgresErrorCodes.DuplicatePreparedStatement;
}
