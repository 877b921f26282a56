using System.Data;
using System.Transactions;
using ClusterClient.Data;
using ClusterClient.Resilience;
using ClusterClient.Routing;
using ClusterClient.Tests.Fakes;
using Polly;
using Polly.Retry;

namespace ClusterClient.Tests.Resilience;

/// <summary>When a call is sent again and when never, on servers in memory: the same for both manners of calling.</summary>
public sealed class RetriedCallTests
{
    private const string Insert = "INSERT INTO t VALUES (1)";

    private static readonly TimeSpan Step = TimeSpan.FromMilliseconds(10);

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Read_NodeLost_GoesOnElsewhere(bool async)
    {
        await using var cluster = New(3).Sees("P1@9 R1@9 R1@9");
        Script(cluster, new FakeFault(FaultKind.ConnectionLost));
        await using var db = await cluster.Reads.OpenConnectionAsync();
        var first = db.NodeName;
        var changes = Watch(db);

        await RunAsync(cluster, db, async);

        Assert.NotEqual(first, db.NodeName);
        Assert.Equal([0, 1, 1], cluster.Servers.Select(s => s.Statements));
        Assert.Empty(changes);
        Assert.Equal((ConnectionState.Open, 1), (db.State, cluster.Nodes.Sum(n => n.State.Connections)));
        await db.CloseAsync();
        AssertNothingLeft(cluster);
    }

    [Theory]
    [InlineData(Insert, true, false, 2)]
    [InlineData(Insert, false, false, 1)]
    [InlineData(Insert, false, true, 2)]
    [InlineData("CALL p()", true, false, 1)]
    [InlineData("CALL p()", false, true, 2)]
    [InlineData($"{Insert}; {Insert}", true, false, 1)]
    [InlineData("", true, false, 1)]
    public async Task Write_Faulted_IsSentAgainOnlyWhereThatCannotDoItTwice(string text, bool notApplied, bool isIdempotent, int attempts)
    {
        foreach (var async in new[] { true, false })
        {
            await using var cluster = New(1).Sees("P1@9");
            var fault = new FakeFault(FaultKind.Overloaded, notApplied);
            Script(cluster, fault);
            await using var db = await cluster.Writes.OpenConnectionAsync();
            var running = RunAsync(cluster, db, async, c => (c.CommandText, c.IsIdempotent) = (text, isIdempotent));
            if (attempts == 1)
            {
                Assert.Same(fault, await Assert.ThrowsAsync<FakeFault>(() => running));
                Assert.Equal("it may have been applied", CallFault.Of(fault)!.NotRetried);
                Assert.Equal(!notApplied, CallFault.Of(fault)!.MayHaveBeenApplied);
            }
            else
            {
                Assert.Equal(1, await running);
            }

            Assert.Equal(attempts, cluster.Servers[0].Statements);
            await db.CloseAsync();
            AssertNothingLeft(cluster);
        }
    }

    [Theory]
    [InlineData(FaultKind.Statement)]
    [InlineData(FaultKind.ServerCancelled)]
    [InlineData(FaultKind.PoolExhausted)]
    [InlineData(FaultKind.Rejected)]
    public async Task Read_FaultThatWouldComeAgain_IsNotSentAgain(FaultKind kind)
    {
        foreach (var async in new[] { true, false })
        {
            await using var cluster = New(2).Sees("P1@9 R1@9");
            Script(cluster, new FakeFault(kind, notApplied: true));
            await using var db = await cluster.Reads.OpenConnectionAsync();

            var fault = CallFault.Of(await Assert.ThrowsAsync<FakeFault>(() => RunAsync(cluster, db, async)))!;

            Assert.Equal(("orders", db.NodeName, RouteIntent.Read, 1), (fault.Cluster, fault.Node, fault.Intent, fault.Attempts));
            Assert.Equal((kind, null, 1), (fault.Fault.Kind, fault.NotRetried, cluster.Servers.Sum(s => s.Statements)));
        }
    }

    [Theory]
    [InlineData("used")]
    [InlineData("transaction")]
    [InlineData("unwrapped")]
    public async Task Call_SessionMayHaveState_IsNotSentAgain(string state)
    {
        foreach (var async in new[] { true, false })
        {
            await using var cluster = New(2).Sees("P1@9 R1@9");
            await using var db = await cluster.Reads.OpenConnectionAsync();
            switch (state)
            {
                case "used":
                    await RunAsync(cluster, db, async);
                    break;
                case "transaction":
                    await db.BeginTransactionAsync();
                    break;
                default:
                    db.Unwrap<FakeConnection>();
                    break;
            }

            Script(cluster, new FakeFault(FaultKind.Conflict, notApplied: true));
            var before = cluster.Servers.Sum(s => s.Statements);

            var fault = await Assert.ThrowsAsync<FakeFault>(() => RunAsync(cluster, db, async, c => c.IsIdempotent = true));

            Assert.Contains("used before", CallFault.Of(fault)!.NotRetried, StringComparison.Ordinal);
            Assert.Equal(before + 1, cluster.Servers.Sum(s => s.Statements));
        }
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Call_PolicyIsNone_IsNotSentAgain(bool async)
    {
        await using var cluster = New(2, RetryPolicy.None).Sees("P1@9 R1@9");
        Script(cluster, new FakeFault(FaultKind.ConnectionLost));
        await using var db = await cluster.Reads.OpenConnectionAsync();

        var fault = await Assert.ThrowsAsync<FakeFault>(() => RunAsync(cluster, db, async));

        Assert.Equal((1, "retries are off"), (cluster.Servers.Sum(s => s.Statements), CallFault.Of(fault)!.NotRetried));
    }

    /// <summary>Overload moves it to another connection, a conflict leaves it where it is.</summary>
    [Theory]
    [InlineData(FaultKind.Overloaded, true)]
    [InlineData(FaultKind.Overloaded, false)]
    [InlineData(FaultKind.Conflict, true)]
    [InlineData(FaultKind.Conflict, false)]
    public async Task Call_NeverSucceeds_EndsInTheLastAttemptsOwnException(FaultKind kind, bool async)
    {
        await using var cluster = New(1, new() { MaxRetries = 2 }).Sees("P1@9");
        FakeFault[] faults = [.. Enumerable.Range(0, 5).Select(_ => new FakeFault(kind, notApplied: true))];
        Script(cluster, faults);
        await using var db = await cluster.Writes.OpenConnectionAsync();

        var fault = await Assert.ThrowsAsync<FakeFault>(() => RunAsync(cluster, db, async));

        Assert.Same(faults[2], fault);
        Assert.Equal((3, 3), (cluster.Servers[0].Statements, CallFault.Of(fault)!.Attempts));
        Assert.Equal("it was sent again 2 times already", CallFault.Of(fault)!.NotRetried);
        await db.CloseAsync();
        AssertNothingLeft(cluster);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Call_BudgetIsSpent_EndsInItsFault(bool async)
    {
        await using var cluster = New(1, new() { BudgetRatio = 0, BudgetPerSecond = 0.1 }).Sees("P1@9");
        FakeFault[] faults = [.. Enumerable.Range(0, 5).Select(_ => new FakeFault(FaultKind.Overloaded, notApplied: true))];
        Script(cluster, faults);
        await using var db = await cluster.Writes.OpenConnectionAsync();

        var fault = await Assert.ThrowsAsync<FakeFault>(() => RunAsync(cluster, db, async));

        Assert.Same(faults[1], fault);
        Assert.Equal((2, "the retry budget is spent"), (CallFault.Of(fault)!.Attempts, CallFault.Of(fault)!.NotRetried));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Call_PauseWouldOutlastItsTimeout_EndsWithItsTime(bool async)
    {
        var patient = new RetryPolicy { FirstDelay = TimeSpan.FromSeconds(40), MaxDelay = TimeSpan.FromSeconds(40) };
        await using var cluster = New(1, patient).Sees("P1@9");
        var only = new FakeFault(FaultKind.Conflict, notApplied: true);
        Script(cluster, only);
        await using var db = await cluster.Writes.OpenConnectionAsync();
        var began = cluster.Clock.GetTimestamp();

        var fault = await Assert.ThrowsAsync<FakeFault>(() => RunAsync(cluster, db, async, c => c.CommandTimeout = 1));

        Assert.Same(only, fault);
        Assert.InRange(cluster.Clock.GetElapsedTime(began), TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(1.5));
        Assert.Equal((1, "its time is up"), (CallFault.Of(fault)!.Attempts, CallFault.Of(fault)!.NotRetried));
        await db.CloseAsync();
        AssertNothingLeft(cluster);
    }

    /// <summary>The second attempt may have been applied, and what it ends in must not say the contrary.</summary>
    [Theory]
    [InlineData(true, true)]
    [InlineData(false, true)]
    [InlineData(true, false)]
    public async Task Call_TimeRunsOutOverTheSecondAttempt_IsATimeoutOfTheDrivers(bool canAbort, bool async)
    {
        await using var cluster = new FakeCluster(1, canAbort: canAbort, retry: RetryPolicy.Default).Sees("P1@9");
        var answer = new TaskCompletionSource();
        cluster.Servers[0].OnAbort = () => answer.TrySetException(new IOException("ended"));
        var calls = 0;
        cluster.Servers[0].OnExecute = () => Interlocked.Increment(ref calls) == 1
            ? Task.FromException(new FakeFault(FaultKind.Overloaded, notApplied: true)) : answer.Task;
        await using var db = await cluster.Writes.OpenConnectionAsync();

        var timeout = await Assert.ThrowsAsync<TimeoutException>(() => RunAsync(cluster, db, async, c => c.CommandTimeout = 1));

        var fault = CallFault.Of(timeout)!;
        Assert.Equal((new Fault(FaultKind.Timeout, NotApplied: false), 2, true), (fault.Fault, fault.Attempts, fault.MayHaveBeenApplied));
        answer.TrySetResult();
        await db.CloseAsync();
        await Until.TrueAsync(() => cluster.Servers[0].Connections.All(c => c.IsDisposed));
        AssertNothingLeft(cluster);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Call_NoOtherNodeInTime_IsRefusedWithTheFaultAsItsCause(bool async)
    {
        await using var cluster = New(1).Sees("P1@9");
        var lost = new FakeFault(FaultKind.ConnectionLost);
        Script(cluster, lost);
        await using var db = await cluster.Reads.OpenConnectionAsync();
        var changes = Watch(db);
        cluster.Servers[0].OnOpen = () => Task.FromException(new FakeFault(FaultKind.ConnectionLost, notApplied: true));
        var running = RunAsync(cluster, db, async, c => c.CommandTimeout = 2);
        await Until.TrueAsync(() => cluster.Servers[0].Statements == 1);
        cluster.Sees("x");

        var refusal = await Assert.ThrowsAsync<ClusterUnavailableException>(() => running);

        Assert.IsType<FakeFault>(refusal.InnerException);
        var fault = CallFault.Of(refusal)!;
        Assert.Equal((RouteIntent.Read, FaultKind.Unavailable, 2), (refusal.Intent, fault.Fault.Kind, fault.Attempts));
        Assert.Equal("a", fault.Node);
        Assert.Equal((ConnectionState.Closed, 1), (db.State, cluster.Servers[0].Statements));
        Assert.Equal([ConnectionState.Closed], changes);
        AssertNothingLeft(cluster);
    }

    [Fact]
    public async Task Call_CallerCancelsDuringThePause_EndsAtOnce()
    {
        var patient = new RetryPolicy { FirstDelay = TimeSpan.FromSeconds(40), MaxDelay = TimeSpan.FromSeconds(40) };
        await using var cluster = New(1, patient).Sees("P1@9");
        Script(cluster, new FakeFault(FaultKind.Conflict, notApplied: true));
        await using var db = await cluster.Writes.OpenConnectionAsync();
        using var caller = new CancellationTokenSource();
        await using var command = db.CreateCommand();
        command.CommandText = Insert;
        var running = command.ExecuteNonQueryAsync(caller.Token);
        Assert.False(running.IsCompleted);

        await caller.CancelAsync();

        var cancelled = await Assert.ThrowsAnyAsync<OperationCanceledException>(() => running.Soon());
        Assert.Equal(caller.Token, cancelled.CancellationToken);
        Assert.Equal(1, cluster.Servers[0].Statements);
        await db.CloseAsync();
        AssertNothingLeft(cluster);
    }

    /// <summary>What the caller's cancellation runs, perhaps for minutes, is not waited for by the call.</summary>
    [Fact]
    public async Task Call_DriverBlocksTheCancellationOfTheSecondAttempt_EndsAllTheSame()
    {
        await using var cluster = New(1).Sees("P1@9");
        using var told = new ManualResetEventSlim();
        var (calls, answer) = (0, new TaskCompletionSource());
        cluster.Servers[0].OnToken = () => told.Wait(TimeSpan.FromSeconds(5));
        cluster.Servers[0].OnExecute = () => Interlocked.Increment(ref calls) == 1
            ? Task.FromException(new FakeFault(FaultKind.Conflict, notApplied: true)) : answer.Task;
        await using var db = await cluster.Writes.OpenConnectionAsync();
        using var caller = new CancellationTokenSource();
        await using var command = db.CreateCommand();
        command.CommandText = Insert;
        var running = command.ExecuteNonQueryAsync(caller.Token);
        await Until.TrueAsync(cluster.Clock, Step, TimeSpan.FromSeconds(5), () => cluster.Servers[0].Statements == 2);

        var cancelling = Task.Factory.StartNew(caller.Cancel, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        await Until.TrueAsync(cluster.Clock, Step, TimeSpan.FromSeconds(10), () => running.IsCompleted);

        Assert.False(cancelling.IsCompleted);
        told.Set();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => running);
        await cancelling.Soon();
        answer.SetResult();
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Call_ConnectionIsClosedDuringThePause_OpensNoOther(bool async)
    {
        var patient = new RetryPolicy { FirstDelay = TimeSpan.FromSeconds(5), MaxDelay = TimeSpan.FromSeconds(5) };
        await using var cluster = New(1, patient).Sees("P1@9");
        var only = new FakeFault(FaultKind.Conflict, notApplied: true);
        Script(cluster, only);
        var db = await cluster.Writes.OpenConnectionAsync();
        var closing = Task.Run(async () =>
        {
            await Until.TrueAsync(() => cluster.Servers[0].Statements == 1 && CallFault.Of(only) is not null);
            await db.CloseAsync();
        });

        Assert.Same(only, await Assert.ThrowsAsync<FakeFault>(() => RunAsync(cluster, db, async)));

        await closing.Soon();
        Assert.Equal((1, ConnectionState.Closed), (cluster.Servers[0].Opens, db.State));
        Assert.Equal("the connection was closed meanwhile", CallFault.Of(only)!.NotRetried);
        AssertNothingLeft(cluster);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Call_ConnectionIsDisposedWhileItMoves_KeepsNone(bool async)
    {
        await using var cluster = New(1).Sees("P1@9");
        Script(cluster, new FakeFault(FaultKind.Overloaded, notApplied: true));
        var db = await cluster.Writes.OpenConnectionAsync();
        var opened = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        cluster.Servers[0].OnOpen = () => opened.Task;
        var running = RunAsync(cluster, db, async);
        await Until.TrueAsync(() => cluster.Servers[0].Opens == 2);

        await db.DisposeAsync();
        opened.SetResult();

        await Assert.ThrowsAsync<ObjectDisposedException>(() => running);
        Assert.Equal((1, ConnectionState.Closed), (cluster.Servers[0].Statements, db.State));
        AssertNothingLeft(cluster);
    }

    /// <summary>The connection was opened before it, and what is opened inside would join it.</summary>
    [Fact]
    public async Task Call_AmbientTransactionBegan_IsNotSentAgain()
    {
        await using var cluster = New(1).Sees("P1@9");
        Script(cluster, new FakeFault(FaultKind.Overloaded, notApplied: true));
        await using var db = await cluster.Writes.OpenConnectionAsync();
        using var scope = new TransactionScope(TransactionScopeAsyncFlowOption.Enabled);

        var fault = await Assert.ThrowsAsync<FakeFault>(() => RunAsync(cluster, db, async: true));

        Assert.Contains("ambient transaction", CallFault.Of(fault)!.NotRetried, StringComparison.Ordinal);
        Assert.Equal(1, cluster.Servers[0].Opens);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task BeginTransaction_ItsFirstStatementFails_LeavesNone(bool async)
    {
        await using var cluster = new FakeCluster(1, beginWith: "SET LOCAL statement_timeout = 1000").Sees("P1@9");
        await using var db = await cluster.Writes.OpenConnectionAsync();
        var (calls, fault) = (0, new FakeFault(FaultKind.ServerCancelled));
        cluster.Servers[0].OnExecute = () => Interlocked.Increment(ref calls) == 2 ? Task.FromException(fault) : Task.CompletedTask;

        Assert.Same(fault, await Assert.ThrowsAsync<FakeFault>(async () => _ = async ? await db.BeginTransactionAsync() : db.BeginTransaction()));

        Assert.Equal((1, 2), (cluster.Servers[0].Connections.Single().EndedTransactions, calls));
    }

    /// <summary>The command's own Cancel, from another thread, tells by no token that it was that.</summary>
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Call_CommandIsCancelledDuringTheSecondAttempt_IsNotSentAgain(bool async)
    {
        await using var cluster = New(1).Sees("P1@9");
        var calls = 0;
        cluster.Servers[0].OnExecute = () => Interlocked.Increment(ref calls) switch
        {
            1 => Task.FromException(new FakeFault(FaultKind.Conflict, notApplied: true)),
            2 => Task.FromException(new OperationCanceledException("cancelled on request of the user")),
            _ => Task.CompletedTask,
        };
        await using var db = await cluster.Writes.OpenConnectionAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => RunAsync(cluster, db, async));

        Assert.Equal(2, cluster.Servers[0].Statements);
        await db.CloseAsync();
        AssertNothingLeft(cluster);
    }

    /// <summary>The first attempt may have been applied, whatever the server says of the second.</summary>
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task CallFault_OneOfSeveralAttemptsMayHaveBeenApplied_SaysSo(bool async)
    {
        await using var cluster = New(1).Sees("P1@9");
        Script(cluster, new FakeFault(FaultKind.Overloaded), new FakeFault(FaultKind.Statement, notApplied: true));
        await using var db = await cluster.Writes.OpenConnectionAsync();

        var fault = CallFault.Of(await Assert.ThrowsAsync<FakeFault>(() => RunAsync(cluster, db, async, c => c.IsIdempotent = true)))!;

        Assert.Equal((2, true, FaultKind.Statement), (fault.Attempts, fault.MayHaveBeenApplied, fault.Fault.Kind));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Write_NodeWasFencedBeforeItsFirstCommand_GoesToTheNewPrimary(bool async)
    {
        await using var cluster = New(2).Sees("P1@9 R1@9");
        await using var db = await cluster.Writes.OpenConnectionAsync();
        cluster.Sees(". P2@9/9");

        await RunAsync(cluster, db, async, c => c.CommandText = "CALL p()");

        Assert.Equal([0, 1], cluster.Servers.Select(s => s.Statements));
        Assert.Equal("b", db.NodeName);
    }

    /// <summary>Each execution after the first sends it once more; what must not be sent again is not, however often it is executed.</summary>
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task OwnPipeline_RetriesEverything_CannotDoAnythingTwice(bool async)
    {
        var executions = 0;
        var pipeline = new ResiliencePipelineBuilder()
            .AddRetry(new RetryStrategyOptions
            {
                MaxRetryAttempts = 10,
                Delay = TimeSpan.Zero,
                OnRetry = _ =>
                {
                    executions++;
                    return default;
                },
            })
            .Build();
        await using var cluster = New(1, new() { Pipeline = pipeline }).Sees("P1@9");
        var applied = new FakeFault(FaultKind.Overloaded);
        Script(cluster, new FakeFault(FaultKind.Overloaded, notApplied: true), applied, new FakeFault(FaultKind.Overloaded, notApplied: true));
        await using var db = await cluster.Writes.OpenConnectionAsync();

        var fault = await Assert.ThrowsAsync<FakeFault>(() => RunAsync(cluster, db, async));

        Assert.Same(applied, fault);
        Assert.Equal((2, 10), (cluster.Servers[0].Statements, executions));
        Assert.Equal((2, "it may have been applied"), (CallFault.Of(fault)!.Attempts, CallFault.Of(fault)!.NotRetried));
        await db.CloseAsync();
        AssertNothingLeft(cluster);
    }

    /// <summary>What a pipeline ended was sent: a read goes on with the next attempt, a write may have been applied.</summary>
    [Theory]
    [InlineData(RouteIntent.Read)]
    [InlineData(RouteIntent.Write)]
    public async Task OwnPipeline_EndsAnAttemptByItsTimeout_GoesOnOnlyWithAReads(RouteIntent intent)
    {
        var clock = new ManualTimeProvider();
        var pipeline = new ResiliencePipelineBuilder { TimeProvider = clock }
            .AddRetry(new RetryStrategyOptions { MaxRetryAttempts = 3, Delay = TimeSpan.Zero })
            .AddTimeout(TimeSpan.FromSeconds(1))
            .Build();
        await using var cluster = New(3, new() { Pipeline = pipeline }).Sees("P1@9 R1@9 R1@9");
        var calls = 0;
        foreach (var server in cluster.Servers)
        {
            server.OnExecute = () => Interlocked.Increment(ref calls) switch
            {
                1 => Task.FromException(new FakeFault(FaultKind.Overloaded, notApplied: true)),
                2 => new TaskCompletionSource().Task,
                _ => Task.CompletedTask,
            };
        }

        await using var db = await (intent == RouteIntent.Read ? cluster.Reads : cluster.Writes).OpenConnectionAsync();
        await using var command = db.CreateCommand();
        command.CommandText = Insert;
        var running = command.ExecuteNonQueryAsync();
        for (var i = 0; i < 1_000 && !running.IsCompleted; i++)
        {
            // The pipeline's clock, and that of the grace for a call which its token does not end.
            clock.Advance(Step);
            cluster.Clock.Advance(Step);
            await Task.Delay(1);
        }

        if (intent == RouteIntent.Read)
        {
            Assert.Equal(1, await running.Soon());
        }
        else
        {
            var fault = CallFault.Of(await Assert.ThrowsAsync<TimeoutException>(() => running.Soon()))!;
            Assert.Equal((FaultKind.Timeout, true, 2), (fault.Fault.Kind, fault.MayHaveBeenApplied, fault.Attempts));
        }

        Assert.Equal(intent == RouteIntent.Read ? 3 : 2, calls);
    }

    [Fact]
    public async Task PollyAroundTheCall_AsksForTransience_Composes()
    {
        await using var cluster = New(2, RetryPolicy.None).Sees("P1@9 R1@9");
        Script(cluster, new FakeFault(FaultKind.Overloaded), new FakeFault(FaultKind.Conflict), new FakeFault(FaultKind.Statement));
        var around = new ResiliencePipelineBuilder()
            .AddRetry(new RetryStrategyOptions
            {
                MaxRetryAttempts = 10,
                Delay = TimeSpan.Zero,
                ShouldHandle = args => ValueTask.FromResult(
                    args.Outcome.Exception is { } e && CallFault.Of(e) is { Fault.IsTransient: true }),
            })
            .Build();

        var last = await Assert.ThrowsAsync<FakeFault>(async () => await around.ExecuteAsync(async ct =>
        {
            await using var db = await cluster.Writes.OpenConnectionAsync(ct);
            await using var command = db.CreateCommand();
            await command.ExecuteNonQueryAsync(ct);
        }));

        Assert.Equal((FaultKind.Statement, 3), (last.Kind, cluster.Servers[0].Statements));
        AssertNothingLeft(cluster);
    }

    [Fact]
    public async Task CallFault_NoNodeWasTried_TellsWhatTheMonitorMet()
    {
        await using var cluster = new FakeCluster(2, TimeSpan.FromSeconds(1)).Sees("P1@9 R1@9");
        var met = new IOException("gone");
        cluster.Monitor.Report(0, Sightings.Refused(cluster.Clock.GetTimestamp() + 1) with { Fault = met });
        var opening = cluster.Writes.OpenConnectionAsync().AsTask();
        await Until.TrueAsync(cluster.Clock, Step, TimeSpan.FromSeconds(3), () => opening.IsCompleted);

        var refusal = await Assert.ThrowsAsync<ClusterUnavailableException>(() => opening);

        Assert.Same(met, refusal.InnerException);
        var fault = CallFault.Of(refusal)!;
        Assert.Equal(("orders", null, RouteIntent.Write, 0), (fault.Cluster, fault.Node, fault.Intent, fault.Attempts));
        Assert.Equal(new Fault(FaultKind.Unavailable, NotApplied: true), fault.Fault);
        Assert.True(fault.Fault.IsTransient);
        Assert.Equal("orders: Unavailable of a write at no node, attempt 0", fault.ToString());
    }

    private static FakeCluster New(int nodes, RetryPolicy? retry = null) => new(nodes, retry: retry ?? RetryPolicy.Default);

    /// <summary>The servers' answers, whichever of them is asked; after the last one all is well.</summary>
    private static void Script(FakeCluster cluster, params FakeFault[] faults)
    {
        var next = -1;
        foreach (var server in cluster.Servers)
        {
            server.OnExecute = () => Interlocked.Increment(ref next) is var at && at < faults.Length
                ? Task.FromException(faults[at]) : Task.CompletedTask;
        }
    }

    private static List<ConnectionState> Watch(ClusterConnection db)
    {
        var changes = new List<ConnectionState>();
        db.StateChange += (_, change) => changes.Add(change.CurrentState);
        return changes;
    }

    private static async Task<int> RunAsync(FakeCluster cluster, ClusterConnection db, bool async, Action<ClusterCommand>? configure = null)
    {
        await using var command = db.CreateCommand();
        command.CommandText = Insert;
        configure?.Invoke(command);
        var running = async
            ? command.ExecuteNonQueryAsync()
            : Task.Factory.StartNew(command.ExecuteNonQuery, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        await Until.TrueAsync(cluster.Clock, Step, TimeSpan.FromSeconds(35), () => running.IsCompleted);
        return await running;
    }

    private static void AssertNothingLeft(FakeCluster cluster)
    {
        Assert.All(cluster.Nodes, n => Assert.Equal((0, 0), (n.State.InFlight, n.State.Connections)));
        Assert.All(cluster.Servers.SelectMany(s => s.Connections), c => Assert.True(c.IsDisposed));
    }
}
