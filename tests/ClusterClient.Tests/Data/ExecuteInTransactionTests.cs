using System.Transactions;
using ClusterClient.Data;
using ClusterClient.Resilience;
using ClusterClient.Routing;
using ClusterClient.Tests.Fakes;
using Polly;
using Polly.Retry;
using Polly.Timeout;
using static ClusterClient.Tests.Data.TransactionScript;

namespace ClusterClient.Tests.Data;

/// <summary>When a whole transaction is run again and when never, on servers in memory: the same for both manners.</summary>
public sealed class ExecuteInTransactionTests
{
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Execute_Healthy_RunsOnceAndCommits(bool async)
    {
        await using var script = new TransactionScript();
        Exception? previous = new();

        Assert.Equal(1, await script.RunAsync(async, async (db, attempt, ct) =>
        {
            previous = attempt.PreviousFault;
            Assert.True(attempt.Transaction.IsOf(db));
            await ExecuteAsync(db, async, token: ct);
        }));

        Assert.Equal(("BEGIN INSERT COMMIT", null), (script.Log, previous));
        script.AssertNothingLeft();
    }

    [Fact]
    public async Task Execute_EachOverload_GivesTheResultOrNothing()
    {
        await using var script = new TransactionScript();
        foreach (var view in new[] { script.Cluster.Writes, script.Cluster.Writes.ForCaller("tenant"), script.Cluster.Reads })
        {
            var ran = 0;
            await view.ExecuteInTransactionAsync((db, _) => Task.FromResult(ran++));
            await view.ExecuteInTransactionAsync((Func<ClusterConnection, CancellationToken, Task>)((db, _) => Task.FromResult(ran++)));
            await view.ExecuteInTransactionAsync((db, attempt, _) => Task.FromResult(ran += attempt.Number));
            await view.ExecuteInTransactionAsync((Func<ClusterConnection, TransactionAttempt, CancellationToken, Task>)((db, attempt, _) => Task.FromResult(ran += attempt.Number)));
            view.ExecuteInTransaction(db => { ran++; });
            view.ExecuteInTransaction((db, attempt) => { ran += attempt.Number; });
            Assert.Equal(7, view.ExecuteInTransaction(db => ++ran));
            Assert.Equal(8, view.ExecuteInTransaction((db, attempt) => ran += attempt.Number));
        }

        script.AssertNothingLeft();
    }

    [Fact]
    public async Task Execute_NoDelegate_IsRefused()
    {
        await using var script = new TransactionScript();
        var view = script.Cluster.Writes;
        Assert.Throws<ArgumentNullException>(() => view.ExecuteInTransaction((Action<ClusterConnection>)null!));
        Assert.Throws<ArgumentNullException>(() => view.ExecuteInTransaction((Func<ClusterConnection, TransactionAttempt, int>)null!));
        await Assert.ThrowsAsync<ArgumentNullException>(() => view.ExecuteInTransactionAsync((Func<ClusterConnection, CancellationToken, Task>)null!));
        await Assert.ThrowsAsync<ArgumentNullException>(() => view.ExecuteInTransactionAsync((Func<ClusterConnection, TransactionAttempt, CancellationToken, Task<int>>)null!));
    }

    [Theory]
    [InlineData(FaultKind.Conflict)]
    [InlineData(FaultKind.ConnectionLost)]
    [InlineData(FaultKind.ShuttingDown)]
    [InlineData(FaultKind.ReadOnly)]
    [InlineData(FaultKind.Timeout)]
    [InlineData(FaultKind.Overloaded)]
    [InlineData(FaultKind.ServerFailure)]
    public async Task Execute_FaultThatMayPass_RunsAllOfItAgain(FaultKind kind)
    {
        foreach (var async in new[] { true, false })
        {
            foreach (var at in new[] { "BEGIN", "INSERT" })
            {
                await using var script = new TransactionScript();
                var fault = new FakeFault(kind);
                script.Meets(at, fault);
                var runs = await script.RunAsync(async, async (db, attempt, ct) =>
                {
                    Assert.Same(attempt.Number == 1 ? null : fault, attempt.PreviousFault);
                    await ExecuteAsync(db, async, "SELECT f()", ct);
                    await ExecuteAsync(db, async, token: ct);
                }).ContinueWith(t => t.IsFaulted && at == "BEGIN" ? -1 : t.Result, TaskScheduler.Default);

                // A beginning that fails is an attempt without a run, which the script's own count does not know.
                Assert.True(runs == (at == "BEGIN" ? -1 : 2), $"{runs} at {at}, {script.Log}");
                script.AssertNothingLeft();
            }
        }
    }

    [Theory]
    [InlineData(FaultKind.Statement)]
    [InlineData(FaultKind.ServerCancelled)]
    [InlineData(FaultKind.PoolExhausted)]
    [InlineData(FaultKind.Rejected)]
    [InlineData(FaultKind.Unavailable)]
    [InlineData(FaultKind.CommitUnknown)]
    public async Task Execute_FaultThatWouldComeAgain_IsItsEnd(FaultKind kind)
    {
        foreach (var async in new[] { true, false })
        {
            await using var script = new TransactionScript();
            var fault = new FakeFault(kind);
            script.Meets("INSERT", fault);

            Assert.Same(fault, await Assert.ThrowsAsync<FakeFault>(() => script.InsertAsync(async)));

            Assert.Equal((1, "BEGIN INSERT ROLLBACK"), (script.Runs, script.Log));
            if (kind is FaultKind.Statement)
            {
                var known = CallFault.Of(fault)!;
                Assert.Equal((1, false, null, "a"), (known.Attempts, known.MayHaveBeenApplied, known.NotRetried, known.Node));
            }

            script.AssertNothingLeft();
        }
    }

    [Theory]
    [InlineData(typeof(FormatException))]
    [InlineData(typeof(TimeoutException))]
    [InlineData(typeof(IOException))]
    [InlineData(typeof(System.Net.Sockets.SocketException))]
    [InlineData(typeof(OperationCanceledException))]
    [InlineData(typeof(TransactionAbortedException))]
    public async Task Execute_ApplicationThrows_RollsBackAndThrowsThat(Type type)
    {
        foreach (var async in new[] { true, false })
        {
            await using var script = new TransactionScript();
            var own = (Exception)Activator.CreateInstance(type)!;

            var thrown = await Assert.ThrowsAsync(type, () => script.RunAsync(async, async (db, _, ct) =>
            {
                await ExecuteAsync(db, async, token: ct);
                ThrowOfItsOwn(own);
            }));

            Assert.Same(own, thrown);
            Assert.Contains(nameof(ThrowOfItsOwn), thrown.StackTrace, StringComparison.Ordinal);
            Assert.Equal((1, "BEGIN INSERT ROLLBACK", null), (script.Runs, script.Log, CallFault.Of(thrown)));
            script.AssertNothingLeft();
        }
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Execute_FaultWrappedByTheApplication_RunsAgain(bool async)
    {
        await using var script = new TransactionScript();
        script.Cluster.Sees("P1@9 R1@9");
        script.Meets("INSERT", new FakeFault(FaultKind.Conflict, notApplied: true));
        Assert.Equal(2, await script.RunAsync(async, async (db, _, ct) =>
        {
            try
            {
                await ExecuteAsync(db, async, token: ct);
            }
            catch (FakeFault e)
            {
                throw new InvalidDataException("while storing", e);
            }
        }));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Execute_FaultIsAnotherClusters_IsItsEnd(bool async)
    {
        await using var script = new TransactionScript();
        var elsewhere = new FakeFault(FaultKind.Conflict, notApplied: true);
        var told = new CallFault { Cluster = "billing", Node = "x", Intent = RouteIntent.Read, Attempts = 4, Fault = new(FaultKind.Conflict, true) };
        told.AttachTo(elsewhere);

        await Assert.ThrowsAsync<FakeFault>(() => script.RunAsync(async, (_, _, _) => throw elsewhere));

        Assert.Equal((1, told), (script.Runs, CallFault.Of(elsewhere)));
    }

    /// <summary>What a delegate does through another connection is not undone with the transaction.</summary>
    [Theory]
    [InlineData(true, false)]
    [InlineData(false, false)]
    [InlineData(true, true)]
    [InlineData(false, true)]
    public async Task Execute_AnotherConnectionsWrite_IsRepeatedOnlyWhereItWasNotApplied(bool async, bool notApplied)
    {
        await using var script = new TransactionScript();
        var fault = new FakeFault(FaultKind.Overloaded, notApplied);
        script.Meets("CALL", fault, fault, fault, fault);
        var running = script.RunAsync(async, async (_, attempt, ct) =>
        {
            await using var other = await script.Cluster.Writes.OpenConnectionAsync(ct);
            if (attempt.Number < 3)
            {
                await ExecuteAsync(other, async, "CALL p()", ct);
            }
        });
        if (notApplied)
        {
            Assert.Equal(3, await running);
        }
        else
        {
            Assert.Same(fault, await Assert.ThrowsAsync<FakeFault>(() => running));
            Assert.Equal((1, true), (script.Runs, CallFault.Of(fault)!.MayHaveBeenApplied));
        }

        script.AssertNothingLeft();
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Execute_UnknownOutcomeAmongSeveralFaults_IsItsEnd(bool async)
    {
        await using var script = new TransactionScript();
        var unknown = new CommitOutcomeUnknownException("orders", "a", "why", default, null);
        var several = new AggregateException(new FakeFault(FaultKind.Conflict, true), new InvalidDataException("x", unknown));

        Assert.Same(several, await Assert.ThrowsAsync<AggregateException>(() => script.RunAsync(async, (_, _, _) => throw several)));

        Assert.Equal((1, null), (script.Runs, CallFault.Of(several)));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Execute_RetriesAreOff_RunsOnce(bool async)
    {
        await using var script = new TransactionScript(RetryPolicy.None);
        var fault = new FakeFault(FaultKind.Conflict, true);
        script.Meets("INSERT", fault);
        await Assert.ThrowsAsync<FakeFault>(() => script.InsertAsync(async));
        Assert.Equal((1, "retries are off", false), (script.Runs, CallFault.Of(fault)!.NotRetried, CallFault.Of(fault)!.MayHaveBeenApplied));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Execute_NeverSucceeds_EndsInTheLastFault(bool async)
    {
        await using var script = new TransactionScript(new() { MaxRetries = 2 });
        FakeFault[] faults = [new(FaultKind.Conflict), new(FaultKind.ConnectionLost), new(FaultKind.Conflict)];
        script.Meets("INSERT", faults);

        Assert.Same(faults[2], await Assert.ThrowsAsync<FakeFault>(() => script.InsertAsync(async)));

        var known = CallFault.Of(faults[2])!;
        Assert.Equal((3, 3, "it was sent again 2 times already", false), (script.Runs, known.Attempts, known.NotRetried, known.MayHaveBeenApplied));
        script.AssertNothingLeft();
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Execute_BudgetIsSpent_EndsInItsFault(bool async)
    {
        await using var script = new TransactionScript(new() { BudgetRatio = 0, BudgetPerSecond = 0.1 });
        FakeFault[] faults = [new(FaultKind.Conflict), new(FaultKind.Conflict), new(FaultKind.Conflict)];
        script.Meets("INSERT", faults);

        Assert.Same(faults[1], await Assert.ThrowsAsync<FakeFault>(() => script.InsertAsync(async)));

        Assert.Equal((2, "the retry budget is spent"), (script.Runs, CallFault.Of(faults[1])!.NotRetried));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Execute_InAnAmbientTransaction_IsRefused(bool async)
    {
        await using var script = new TransactionScript();
        using var scope = new TransactionScope(TransactionScopeAsyncFlowOption.Enabled);
        var refusal = await Assert.ThrowsAsync<InvalidOperationException>(() => async
            ? script.Cluster.Writes.ExecuteInTransactionAsync((_, _) => Task.CompletedTask)
            : Task.FromResult(script.Cluster.Writes.ExecuteInTransaction(_ => 1)));
        Assert.Contains("outside of the TransactionScope", refusal.Message, StringComparison.Ordinal);
        Assert.Equal(0, script.Cluster.Servers[0].Opens);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Execute_ReadServedByThePrimary_ForbidsItselfToWrite(bool async)
    {
        await using var script = new TransactionScript();
        script.Cluster.Sees("P1@9 x");
        script.IsMonitored = false;
        await script.RunAsync(async, (db, _, ct) => ExecuteAsync(db, async, "SELECT 1", ct), view: script.Cluster.Reads);
        Assert.Equal("BEGIN READ ONLY SELECT 1 COMMIT", script.Log);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Execute_OnReads_RunsOnAnotherReplicaAfterAFault(bool async)
    {
        await using var script = new TransactionScript();
        script.Meets("SELECT", new FakeFault(FaultKind.ConnectionLost));
        List<string> nodes = [];
        await script.RunAsync(
            async,
            (db, _, ct) =>
            {
                nodes.Add(db.NodeName!);
                return ExecuteAsync(db, async, "SELECT 1", ct);
            },
            view: script.Cluster.Reads);
        Assert.Equal(["b", "a"], nodes);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Execute_PipelineOfTheApplications_SeesTheFaultFirst(bool async)
    {
        List<Exception?> seen = [];
        var pipeline = new ResiliencePipelineBuilder()
            .AddRetry(new RetryStrategyOptions
            {
                MaxRetryAttempts = 5,
                Delay = TimeSpan.Zero,
                ShouldHandle = args =>
                {
                    seen.Add(args.Outcome.Exception);
                    return ValueTask.FromResult(args.Outcome.Exception is not null);
                },
            })
            .Build();
        await using var script = new TransactionScript(new() { Pipeline = pipeline });
        FakeFault[] faults = [new(FaultKind.Conflict), new(FaultKind.Conflict), new(FaultKind.Statement)];
        script.Meets("INSERT", faults);

        Assert.Same(faults[2], await Assert.ThrowsAsync<FakeFault>(() => script.InsertAsync(async)));

        Assert.Equal(3, script.Runs);
        Assert.Equal(faults, seen.Take(3));
        Assert.All(seen.Skip(3), e => Assert.Same(faults[2], e));
    }

    /// <summary>An attempt that a pipeline's own timeout ends is rolled back like any other.</summary>
    [Fact]
    public async Task Execute_PipelineEndsAnAttempt_RunsAgain()
    {
        var pipeline = new ResiliencePipelineBuilder()
            .AddRetry(new RetryStrategyOptions { MaxRetryAttempts = 5, Delay = TimeSpan.Zero, ShouldHandle = a => ValueTask.FromResult(a.Outcome.Exception is not null) })
            .AddTimeout(new TimeoutStrategyOptions { Timeout = TimeSpan.FromMilliseconds(50) })
            .Build();
        await using var script = new TransactionScript(new() { Pipeline = pipeline });
        script.Meets("INSERT", new FakeFault(FaultKind.Conflict)).Meets("INSERT", () => Task.Delay(-1));

        Assert.Equal(3, await script.InsertAsync(true));

        Assert.Equal("BEGIN INSERT ROLLBACK BEGIN INSERT ROLLBACK BEGIN INSERT COMMIT", script.Log);
        script.AssertNothingLeft();
    }

    private static void ThrowOfItsOwn(Exception own) => throw own;
}
