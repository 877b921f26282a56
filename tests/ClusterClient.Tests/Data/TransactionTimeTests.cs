using ClusterClient.Data;
using ClusterClient.Resilience;
using ClusterClient.Routing;
using ClusterClient.Tests.Fakes;
using static ClusterClient.Tests.Data.TransactionScript;

namespace ClusterClient.Tests.Data;

/// <summary>When the time of a whole transaction is up, or its caller cancels, in each of its phases.</summary>
public sealed class TransactionTimeTests
{
    private static readonly TransactionSettings TwoSeconds = new() { Timeout = TimeSpan.FromSeconds(2) };
    private static readonly RetryPolicy Patient = new() { FirstDelay = TimeSpan.FromSeconds(40), MaxDelay = TimeSpan.FromSeconds(40) };

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Timeout_InTheDelegate_TellsWhatAndHowLong(bool async)
    {
        await using var script = new TransactionScript();
        var answer = new TaskCompletionSource();
        script.Cluster.Servers[0].OnCancel = () => answer.TrySetException(new FakeFault(FaultKind.ServerCancelled));
        script.Cluster.Servers[0].OnAbort = script.Cluster.Servers[0].OnCancel;
        script.Meets("INSERT", new FakeFault(FaultKind.Conflict)).Meets("INSERT", () => answer.Task);
        var began = script.Cluster.Clock.GetTimestamp();

        var timeout = await Assert.ThrowsAsync<TimeoutException>(() => script.InsertAsync(async, TwoSeconds));

        Assert.Contains("2 s", timeout.Message, StringComparison.Ordinal);
        Assert.InRange(script.Cluster.Clock.GetElapsedTime(began).TotalSeconds, 2, 4.5);
        var known = CallFault.Of(timeout)!;
        Assert.Equal((FaultKind.Timeout, 2, "its time is up", false), (known.Fault.Kind, known.Attempts, known.NotRetried, known.MayHaveBeenApplied));
        script.AssertNothingLeft();
    }

    /// <summary>Each statement is well within it, all of them are not; nor is what is done between them.</summary>
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Timeout_DelegateReturnsTooLate_IsRolledBack(bool async)
    {
        await using var script = new TransactionScript();
        var timeout = await Assert.ThrowsAsync<TimeoutException>(() => script.RunAsync(
            async,
            async (db, _, _) =>
            {
                await ExecuteAsync(db, async, token: CancellationToken.None);
                script.Cluster.Clock.Advance(TimeSpan.FromSeconds(3));
            },
            TwoSeconds));
        Assert.Equal((1, "BEGIN INSERT ROLLBACK"), (script.Runs, script.Log));
        Assert.False(CallFault.Of(timeout)!.MayHaveBeenApplied);
        script.AssertNothingLeft();
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Timeout_NoPrimary_SaysWhichNodesThereAre(bool async)
    {
        await using var script = new TransactionScript();
        script.Cluster.Sees("x R1@9");
        script.IsMonitored = false;
        var began = script.Cluster.Clock.GetTimestamp();
        var refusal = await Assert.ThrowsAsync<ClusterUnavailableException>(() => script.InsertAsync(async, TwoSeconds));
        // The blocking wait is by the system's clock, which the test's need not keep up with.
        Assert.InRange(script.Cluster.Clock.GetElapsedTime(began).TotalSeconds, async ? 2 : 0, 2.5);
        Assert.Contains("connection refused", refusal.Message, StringComparison.Ordinal);
        Assert.Equal(0, script.Runs);
        script.AssertNothingLeft();
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Timeout_NoPrimaryForTheNextAttempt_HasTheFaultAsItsCause(bool async)
    {
        await using var script = new TransactionScript();
        var lost = new FakeFault(FaultKind.ConnectionLost);
        script.Meets("INSERT", () =>
        {
            script.Cluster.Sees("x R1@9");
        script.IsMonitored = false;
            return Task.FromException(lost);
        });
        var refusal = await Assert.ThrowsAsync<ClusterUnavailableException>(() => script.InsertAsync(async, TwoSeconds));
        Assert.Same(lost, refusal.InnerException);
        var known = CallFault.Of(refusal)!;
        Assert.Equal((2, "a", false), (known.Attempts, known.Node, known.MayHaveBeenApplied));
        script.AssertNothingLeft();
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Timeout_WhileItWaitsForTheNextAttempt_EndsInTheFault(bool async)
    {
        await using var script = new TransactionScript(Patient);
        var fault = new FakeFault(FaultKind.Conflict);
        script.Meets("INSERT", fault);
        var began = script.Cluster.Clock.GetTimestamp();
        Assert.Same(fault, await Assert.ThrowsAsync<FakeFault>(() => script.InsertAsync(async, TwoSeconds)));
        Assert.InRange(script.Cluster.Clock.GetElapsedTime(began).TotalSeconds, 2, 2.5);
        Assert.Equal("its time is up", CallFault.Of(fault)!.NotRetried);
        script.AssertNothingLeft();
    }

    /// <summary>Without a limit only the way to the next attempt has one, however long the attempts take.</summary>
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task NoTimeout_AttemptsTakeLong_AreMadeAgain(bool async)
    {
        await using var script = new TransactionScript(failoverTimeout: TimeSpan.FromSeconds(5));
        script.Meets("INSERT", new FakeFault(FaultKind.Conflict), new FakeFault(FaultKind.Conflict), new FakeFault(FaultKind.Conflict));
        Assert.Equal(4, await script.RunAsync(async, async (db, _, ct) =>
        {
            script.Cluster.Clock.Advance(TimeSpan.FromSeconds(8));
            await ExecuteAsync(db, async, token: ct);
        }));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Cancel_InTheDelegate_IsTheCallersOwn(bool hasTimeout)
    {
        await using var script = new TransactionScript();
        using var caller = new CancellationTokenSource();
        script.Meets("INSERT", () =>
        {
            caller.CancelAfter(1);
            return Task.Delay(-1);
        });
        var cancelled = await Assert.ThrowsAnyAsync<OperationCanceledException>(() => script.InsertAsync(true, hasTimeout ? TwoSeconds : null, caller.Token));
        Assert.Equal((caller.Token, 1, "BEGIN INSERT ROLLBACK"), (cancelled.CancellationToken, script.Runs, script.Log));
        script.AssertNothingLeft();
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Cancel_WhileItWaitsForTheNextAttempt_IsTheCallersOwn(bool hasTimeout)
    {
        await using var script = new TransactionScript(Patient);
        using var caller = new CancellationTokenSource();
        script.Meets("INSERT", () =>
        {
            caller.CancelAfter(20);
            return Task.FromException(new FakeFault(FaultKind.Conflict));
        });
        var settings = hasTimeout ? new TransactionSettings { Timeout = TimeSpan.FromDays(1) } : null;
        var cancelled = await Assert.ThrowsAnyAsync<OperationCanceledException>(() => script.InsertAsync(true, settings, caller.Token));
        Assert.Equal((caller.Token, 1), (cancelled.CancellationToken, script.Runs));
        script.AssertNothingLeft();
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Cancel_WhileThereIsNoPrimary_IsTheCallersOwn(bool hasTimeout)
    {
        await using var script = new TransactionScript();
        script.Cluster.Sees("x R1@9");
        script.IsMonitored = false;
        using var caller = new CancellationTokenSource(20);
        var cancelled = await Assert.ThrowsAnyAsync<OperationCanceledException>(
            () => script.InsertAsync(true, hasTimeout ? new() { Timeout = TimeSpan.FromDays(1) } : null, caller.Token));
        Assert.Equal((caller.Token, 0), (cancelled.CancellationToken, script.Runs));
        script.AssertNothingLeft();
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Cancel_DelegateReturnsAllTheSame_IsNotCommitted(bool hasTimeout)
    {
        await using var script = new TransactionScript();
        using var caller = new CancellationTokenSource();
        var cancelled = await Assert.ThrowsAnyAsync<OperationCanceledException>(() => script.RunAsync(
            true, (_, _, _) => caller.CancelAsync(), hasTimeout ? TwoSeconds : null, caller.Token));
        Assert.Equal((caller.Token, "BEGIN ROLLBACK"), (cancelled.CancellationToken, script.Log));
        script.AssertNothingLeft();
    }

    /// <summary>Its outcome is not looked into: nobody waits for it.</summary>
    [Fact]
    public async Task Cancel_AtTheCommit_IsTheCallersOwn()
    {
        await using var script = new TransactionScript();
        using var caller = new CancellationTokenSource();
        script.Meets("COMMIT", () =>
        {
            caller.CancelAfter(1);
            return Task.Delay(-1);
        });
        var cancelled = await Assert.ThrowsAnyAsync<OperationCanceledException>(() => script.InsertAsync(true, TwoSeconds, caller.Token));
        Assert.Equal((caller.Token, 1), (cancelled.CancellationToken, script.Runs));
        script.AssertNothingLeft();
    }

    /// <summary>Nobody waits long for a rollback at a server that does not answer any more.</summary>
    [Fact]
    public async Task Execute_RollbackHangs_EndsAllTheSame()
    {
        await using var script = new TransactionScript();
        var rollback = new TaskCompletionSource();
        script.Meets("ROLLBACK", () => rollback.Task);
        var began = script.Cluster.Clock.GetTimestamp();
        await Assert.ThrowsAsync<FormatException>(() => script.RunAsync(true, (_, _, _) => throw new FormatException()));
        Assert.InRange(script.Cluster.Clock.GetElapsedTime(began).TotalSeconds, 0, 1);
        rollback.SetResult();
        await Until.TrueAsync(() => script.Cluster.Servers[0].Connections.All(c => c.IsDisposed));
        script.AssertNothingLeft();
    }
}
