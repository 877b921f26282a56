using ClusterClient.Consistency;
using ClusterClient.Data;
using ClusterClient.Npgsql.Tests.Data;
using ClusterClient.Npgsql.Tests.Failover;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace ClusterClient.Npgsql.Tests.Transactions;

/// <summary>
/// Commits wait for a standby, all standbys hang, and somebody ends the wait: the server has committed and calls that a success, with a warning that
/// nobody reads. It is never passed on as a plain success.
/// </summary>
public sealed class UnconfirmedCommitTests : IAsyncLifetime
{
    private readonly Lines _log = new();
    private Scenario _scenario = null!;

    public async Task InitializeAsync() => _scenario = await Scenario.StartAsync(
        b => b.UseLoggerFactory(_log).Configure(o => o.FailoverTimeout = TimeSpan.FromSeconds(3)),
        eu: 2,
        before: async s =>
        {
            await s.Primary.ConfigureAsync("synchronous_standby_names", "ANY 1 (*)");
        });

    public async Task DisposeAsync()
    {
        await _scenario.DisposeAsync();
        _log.Dispose();
    }

    [Theory]
    [InlineData(Io.Sync)]
    [InlineData(Io.Async)]
    public async Task Commit_WaitCancelledByTheOperator_StandbysComeBack_Returns(Io io)
    {
        await using var db = await _scenario.Orders.OpenConnectionAsync();
        var backend = await db.BackendAsync();
        await using var transaction = await db.BeginTransactionAsync();
        await Scenario.InsertAsync(db, 1);
        _scenario.Servers["eu-2"].Hang();
        var commit = Task.Run(() => transaction.CommitAsync(io));
        await CancelWaitAsync(backend);
        // It waits again, for a confirmation of its own.
        await UntilWaitingAsync(backend);
        Assert.False(commit.IsCompleted);
        _scenario.Servers["eu-2"].Resume();
        await commit.WaitAsync(Scenario.Patience);
        Assert.Equal("1", await _scenario.CountOnAsync("eu-2", 1));
        Assert.DoesNotContain(29, _log.Ids);
        await db.RunAsync("SELECT 1", io);
    }

    [Theory]
    [InlineData(Io.Sync, false)]
    [InlineData(Io.Async, false)]
    [InlineData(Io.Async, true)]
    public async Task Commit_WaitCancelledAndStandbysStayAway_UnknownThatSaysItIsCommittedThere(Io io, bool isCancelledAgain)
    {
        await using var db = await _scenario.Orders.OpenConnectionAsync();
        var backend = await db.BackendAsync();
        await using var transaction = await db.BeginTransactionAsync();
        await Scenario.InsertAsync(db, 1);
        _scenario.Servers["eu-2"].Hang();
        var commit = Task.Run(() => transaction.CommitAsync(io));
        await CancelWaitAsync(backend);
        if (isCancelledAgain)
        {
            await CancelWaitAsync(backend);
        }

        var unknown = await Assert.ThrowsAsync<CommitOutcomeUnknownException>(() => commit.WaitAsync(Scenario.Patience));
        Assert.Contains("it is committed there", unknown.Reason, StringComparison.Ordinal);
        Assert.Equal("eu-1", unknown.Node);
        Assert.NotNull(unknown.Mark);
        Assert.Equal("1", await _scenario.CountOnAsync("eu-1", 1));
    }

    [Fact]
    public async Task Commit_TokenCancelledWhileItWaits_NoSuccess()
    {
        await using var db = await _scenario.Orders.OpenConnectionAsync();
        var backend = await db.BackendAsync();
        await using var transaction = await db.BeginTransactionAsync();
        await Scenario.InsertAsync(db, 1);
        _scenario.Servers["eu-2"].Hang();
        using var source = new CancellationTokenSource();
        var commit = transaction.CommitAsync(source.Token);
        await UntilWaitingAsync(backend);
        await source.CancelAsync();
        var end = await Record.ExceptionAsync(() => commit.WaitAsync(Scenario.Patience));
        Assert.True(end is OperationCanceledException or CommitOutcomeUnknownException { Reason: "it is committed there, and its replicas did not confirm that they have it" }, $"{end}");
    }

    [Theory]
    [InlineData("operator", Io.Sync)]
    [InlineData("operator", Io.Async)]
    [InlineData("timeout", Io.Sync)]
    [InlineData("timeout", Io.Async)]
    [InlineData("token", Io.Async)]
    public async Task Write_WithoutATransaction_WaitEnded_UnknownOrTheDriversError(string by, Io io)
    {
        await using var db = await _scenario.Orders.OpenConnectionAsync();
        var backend = await db.BackendAsync();
        _scenario.Servers["eu-2"].Hang();
        using var source = new CancellationTokenSource();
        await using var command = db.Text("INSERT INTO t VALUES (1, 'x')");
        command.CommandTimeout = by == "timeout" ? 1 : 0;
        var write = Task.Run(() => command.NonQueryAsync(io, source.Token));
        if (by == "operator")
        {
            await CancelWaitAsync(backend);
        }
        else if (by == "token")
        {
            await UntilWaitingAsync(backend);
            await source.CancelAsync();
        }

        var end = await Record.ExceptionAsync(() => write.WaitAsync(Scenario.Patience));
        Assert.NotNull(end);
        if (by == "operator")
        {
            Assert.Contains("it is committed there", Assert.IsType<CommitOutcomeUnknownException>(end).Reason, StringComparison.Ordinal);
        }

        if (end is not OperationCanceledException)
        {
            Assert.True(CallFault.Of(end)!.MayHaveBeenApplied, $"{end}");
        }

        Assert.Equal("1", await _scenario.CountOnAsync("eu-1", 1));
        if (db.State == System.Data.ConnectionState.Open)
        {
            // What comes next has nothing to do with it.
            await db.RunAsync("SELECT 1", io);
        }
    }

    [Theory]
    [InlineData(Io.Sync, true)]
    [InlineData(Io.Async, true)]
    [InlineData(Io.Sync, false)]
    [InlineData(Io.Async, false)]
    public async Task Reader_WithoutATransaction_WaitCancelled_Warns(Io io, bool goesOn)
    {
        await using var db = await _scenario.Orders.OpenConnectionAsync();
        var backend = await db.BackendAsync();
        _scenario.Servers["eu-2"].Hang();
        await using var command = db.Text("INSERT INTO t VALUES (1, 'x') RETURNING id");
        var read = Task.Run(async () =>
        {
            await using var reader = await command.ReaderAsync(io);
            while (await reader.ReadAsync(io))
            {
            }

            await reader.NextResultAsync(io);
        });
        await CancelWaitAsync(backend);
        await read.WaitAsync(Scenario.Patience);
        if (goesOn)
        {
            // Not this one's fault.
            await db.RunAsync("SELECT 1", io);
        }
        else
        {
            await db.CloseAsync();
        }

        Assert.Single(_log.Ids, 29);
    }

    private async Task UntilWaitingAsync(int backend) => await Eventually.TrueAsync(
        async () => await _scenario.Servers["eu-1"].ExecuteAsync($"SELECT wait_event FROM pg_stat_activity WHERE pid = {backend}") == "SyncRep",
        Scenario.Patience);

    private async Task CancelWaitAsync(int backend)
    {
        await UntilWaitingAsync(backend);
        await _scenario.Servers["eu-1"].ExecuteAsync($"SELECT pg_cancel_backend({backend})");
    }

    /// <summary>The ids of what was logged.</summary>
    private sealed class Lines : ILoggerFactory, ILogger
    {
        private readonly System.Collections.Concurrent.ConcurrentQueue<int> _ids = new();

        public IReadOnlyCollection<int> Ids => _ids;

        public ILogger CreateLogger(string categoryName) => this;

        public void AddProvider(ILoggerProvider provider)
        {
        }

        public void Dispose()
        {
        }

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            _ids.Enqueue(eventId.Id);
    }
}
