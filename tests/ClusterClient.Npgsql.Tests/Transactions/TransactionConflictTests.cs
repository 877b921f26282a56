using System.Collections.Concurrent;
using System.Diagnostics;
using ClusterClient.Consistency;
using ClusterClient.Data;
using ClusterClient.Npgsql.Tests.Failover;
using ClusterClient.Routing;
using ClusterClient.Testing;
using Dapper;
using Npgsql;
using Xunit;
using IsolationLevel = System.Data.IsolationLevel;

namespace ClusterClient.Npgsql.Tests.Transactions;

/// <summary>Whole transactions that meet each other, lose the answer to their commit, or are given up, on one real server.</summary>
public sealed class TransactionConflictTests : IAsyncLifetime
{
    private readonly ConcurrentQueue<Exception> _faults = [];
    private Scenario _scenario = null!;

    private ClusterDataSource Orders => _scenario.Orders;

    public async Task InitializeAsync() => _scenario = await Scenario.StartAsync(eu: 1);

    public async Task DisposeAsync() => await _scenario.DisposeAsync();

    [Fact]
    public async Task TwoSerializable_Conflict_AreBothDone()
    {
        var settings = new TransactionSettings { IsolationLevel = IsolationLevel.Serializable };
        using var met = new Barrier(2);
        var runs = await Task.WhenAll(Enumerable.Range(1, 2).Select(id => Task.Run(() => Orders.ExecuteInTransactionAsync(
            async (db, attempt, _) =>
            {
                var count = await db.ExecuteScalarAsync<long>("SELECT count(*) FROM t");
                Meet(met, attempt);
                await db.ExecuteAsync("INSERT INTO t VALUES (@id, @count)", new { id, count = $"{count}" });
                return attempt.Number;
            },
            settings))));
        Assert.Equal([1, 2], runs.Order());
        // As if one had come after the other.
        Assert.Equal("0,1", await _scenario.Servers["eu-1"].ExecuteAsync("SELECT string_agg(note, ',' ORDER BY note) FROM t"));
        await ExecuteInTransactionTests.AssertIdleAsync(_scenario);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task TwoInOppositeOrder_Deadlock_AreBothDone(bool isAsync)
    {
        await _scenario.WriteAsync(1);
        await _scenario.WriteAsync(2);
        using var met = new Barrier(2);
        var runs = await Task.WhenAll(Enumerable.Range(1, 2).Select(first => Task.Run(() => isAsync
            ? Orders.ExecuteInTransactionAsync(async (db, attempt, _) =>
            {
                await db.ExecuteAsync("UPDATE t SET note = note || 'y' WHERE id = @first", new { first });
                Meet(met, attempt);
                await db.ExecuteAsync("UPDATE t SET note = note || 'y' WHERE id = 3 - @first", new { first });
                return attempt.Number;
            })
            : Task.FromResult(Orders.ExecuteInTransaction((db, attempt) =>
            {
                db.Execute("UPDATE t SET note = note || 'y' WHERE id = @first", new { first });
                Meet(met, attempt);
                db.Execute("UPDATE t SET note = note || 'y' WHERE id = 3 - @first", new { first });
                return attempt.Number;
            })))));
        Assert.Equal([1, 2], runs.Order());
        Assert.Equal("xyy,xyy", await _scenario.Servers["eu-1"].ExecuteAsync("SELECT string_agg(note, ',') FROM t"));
    }

    [Fact]
    public async Task LockNotHad_HolderGone_IsDone()
    {
        await _scenario.WriteAsync(1);
        var holder = await Orders.OpenConnectionAsync();
        await using var holding = await holder.BeginTransactionAsync();
        await holder.ExecuteAsync("SELECT * FROM t FOR UPDATE");
        Assert.Equal(2, await Orders.ExecuteInTransactionAsync(async (db, attempt, _) =>
        {
            if (attempt.Number == 2)
            {
                Assert.Equal(PostgresErrorCodes.LockNotAvailable, Assert.IsType<PostgresException>(attempt.PreviousFault).SqlState);
                await holder.DisposeAsync();
            }

            await db.ExecuteAsync("SELECT * FROM t FOR UPDATE NOWAIT");
            return attempt.Number;
        }));
    }

    [Theory]
    [InlineData(CommitResolution.ByTransactionId, CutSide.BeforeServer, true)]
    [InlineData(CommitResolution.ByTransactionId, CutSide.BeforeServer, false)]
    [InlineData(CommitResolution.ByTransactionId, CutSide.AfterServer, true)]
    [InlineData(CommitResolution.ByTransactionId, CutSide.AfterServer, false)]
    [InlineData(CommitResolution.ByMarker, CutSide.BeforeServer, true)]
    [InlineData(CommitResolution.ByMarker, CutSide.AfterServer, true)]
    [InlineData(CommitResolution.ByMarker, CutSide.AfterServer, false)]
    [InlineData(CommitResolution.Off, CutSide.BeforeServer, true)]
    [InlineData(CommitResolution.Off, CutSide.AfterServer, false)]
    public async Task Commit_IsCut_IsDoneOnceOrTold(CommitResolution resolution, CutSide side, bool isAsync)
    {
        await using var scenario = await Scenario.StartAsync(b => b.Configure(o => o.CommitResolution = resolution), eu: 1);
        await scenario.Orders.CreateCommitMarkersAsync();
        var runs = 0;
        using var trap = scenario.Servers.Primary.Proxy.CutAt("COMMIT", side);
        var running = isAsync
            ? scenario.Orders.ExecuteInTransactionAsync((db, _) =>
            {
                runs++;
                return Scenario.InsertAsync(db, 1);
            })
            : Task.Run(() => scenario.Orders.ExecuteInTransaction(db =>
            {
                runs++;
                db.Execute("INSERT INTO t VALUES (1, 'x')");
            }));
        if (resolution == CommitResolution.Off)
        {
            var lost = await Assert.ThrowsAsync<NpgsqlException>(() => running);
            Assert.Equal((true, "it may have been applied"), (CallFault.Of(lost)!.MayHaveBeenApplied, CallFault.Of(lost)!.NotRetried));
        }
        else
        {
            await running.WaitAsync(Scenario.Patience);
        }

        await trap.Sprung.WaitAsync(Scenario.Patience);
        Assert.Equal(resolution == CommitResolution.Off || side == CutSide.AfterServer ? 1 : 2, runs);
        Assert.Equal((resolution, side) == (CommitResolution.Off, CutSide.BeforeServer) ? "0" : "1", await scenario.CountOnAsync("eu-1", 1));
        await ExecuteInTransactionTests.AssertIdleAsync(scenario);
    }

    [Theory]
    [InlineData("INSERT INTO u VALUES (1); INSERT INTO u VALUES (1)", PostgresErrorCodes.UniqueViolation, true)]
    [InlineData("SELEC 1", PostgresErrorCodes.SyntaxError, true)]
    [InlineData("INSERT INTO u VALUES (1); INSERT INTO u VALUES (1)", PostgresErrorCodes.UniqueViolation, false)]
    public async Task Delegate_StatementFails_IsNotRunAgainEvenWhenSwallowed(string text, string state, bool swallows)
    {
        await _scenario.Servers["eu-1"].ExecuteAsync("CREATE TABLE u (id int PRIMARY KEY); GRANT ALL ON u TO app");
        var runs = 0;
        var refusal = await Assert.ThrowsAsync<PostgresException>(() => Orders.ExecuteInTransactionAsync(async (db, _) =>
        {
            runs++;
            await Scenario.InsertAsync(db, 1);
            try
            {
                await db.ExecuteAsync(text);
            }
            catch (PostgresException) when (swallows)
            {
            }
        }));
        Assert.Equal((state, 1, false), (refusal.SqlState, runs, CallFault.Of(refusal)!.MayHaveBeenApplied));
        Assert.Equal("0", await _scenario.CountOnAsync("eu-1", 1));
        await ExecuteInTransactionTests.AssertIdleAsync(_scenario);
    }

    [Theory]
    [InlineData("COMMIT")]
    [InlineData("reader")]
    [InlineData("close")]
    public async Task Delegate_LeavesItUnfit_IsToldAndLeavesNothing(string how)
    {
        var runs = 0;
        var refusal = await Assert.ThrowsAnyAsync<Exception>(() => Orders.ExecuteInTransactionAsync(async (db, _) =>
        {
            runs++;
            await Scenario.InsertAsync(db, 1);
            switch (how)
            {
                case "reader":
                    await db.ExecuteReaderAsync("SELECT * FROM t");
                    break;
                case "close":
                    await db.CloseAsync();
                    break;
                default:
                    await db.ExecuteAsync(how);
                    break;
            }
        }));
        Assert.True(how == "reader" ? refusal is NpgsqlOperationInProgressException : refusal is InvalidOperationException, $"{refusal}");
        Assert.NotEqual(true, CallFault.Of(refusal)?.MayHaveBeenApplied);
        Assert.Equal(1, runs);
        Assert.Equal(how == "COMMIT" ? "1" : "0", await _scenario.CountOnAsync("eu-1", 1));
        await ExecuteInTransactionTests.AssertIdleAsync(_scenario);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Timeout_InTheDelegate_EndsTheStatementOnTheServer(bool isAsync)
    {
        var settings = new TransactionSettings { Timeout = TimeSpan.FromSeconds(0.5) };
        var watch = Stopwatch.StartNew();
        var timeout = await Assert.ThrowsAsync<NpgsqlException>(() => isAsync
            ? Orders.ExecuteInTransactionAsync((db, ct) => db.ExecuteAsync(new CommandDefinition("SELECT pg_sleep(30)", cancellationToken: ct)), settings)
            : Task.Run(() => Orders.ExecuteInTransaction(db => db.Execute("SELECT pg_sleep(30)"), settings)));
        Assert.True(watch.Elapsed < TimeSpan.FromSeconds(10), $"{watch.Elapsed}");
        Assert.Contains("0.5 s", timeout.InnerException!.Message, StringComparison.Ordinal);
        Assert.Equal(("its time is up", false), (CallFault.Of(timeout)!.NotRetried, CallFault.Of(timeout)!.MayHaveBeenApplied));

        await ExecuteInTransactionTests.AssertIdleAsync(_scenario);
    }

    [Fact]
    public async Task Cancel_ServerHangs_EndsAtOnce()
    {
        using var caller = new CancellationTokenSource();
        var running = Orders.ExecuteInTransactionAsync(
            async (db, ct) =>
            {
                await Scenario.InsertAsync(db, 1);
                _scenario.Servers["eu-1"].Hang();
                await caller.CancelAsync();
                ct.ThrowIfCancellationRequested();
            },
            cancellationToken: caller.Token);
        var cancelled = await Assert.ThrowsAnyAsync<OperationCanceledException>(() => running.WaitAsync(Scenario.Patience));
        Assert.Equal(caller.Token, cancelled.CancellationToken);
        _scenario.Servers["eu-1"].Resume();
    }

    // Only the first attempts, which is what has them meet. One that is run again without having met would never come.
    private void Meet(Barrier barrier, TransactionAttempt attempt)
    {
        if (attempt.Number > 1)
        {
            _faults.Enqueue(attempt.PreviousFault!);
        }
        else
        {
            Assert.True(barrier.SignalAndWait(Scenario.Patience), $"The other one did not come: {string.Join('\n', _faults)}\n{Orders.Explain(RouteIntent.Write)}");
        }
    }
}
