using ClusterClient.Consistency;
using ClusterClient.Data;
using ClusterClient.Resilience;
using ClusterClient.Tests.Fakes;
using static ClusterClient.Tests.Data.TransactionScript;

namespace ClusterClient.Tests.Data;

/// <summary>How whole transactions end: lost commits, and delegates that end what is not theirs to end.</summary>
public sealed class TransactionEndTests
{
    private static readonly TransactionSettings Named = new() { Label = "order 17" };

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Commit_AnswerLostAndCommitted_Returns(bool async)
    {
        await using var script = new TransactionScript();
        script.Meets("COMMIT", new FakeFault(FaultKind.ConnectionLost));
        Assert.Equal(1, await script.InsertAsync(async));
        Assert.Equal("BEGIN INSERT COMMIT ASK CONFIRM", script.Log);
        script.AssertNothingLeft();
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Commit_AnswerLostAndNotCommitted_RunsAgain(bool async)
    {
        await using var script = new TransactionScript();
        script.Commits.Status = TransactionStatus.Aborted;
        script.Meets("COMMIT", new FakeFault(FaultKind.ConnectionLost));
        Assert.Equal(2, await script.InsertAsync(async));
        Assert.EndsWith("BEGIN INSERT COMMIT", script.Log, StringComparison.Ordinal);
        script.AssertNothingLeft();
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Commit_AnswerLostAndNobodyKnows_IsTheEnd(bool async)
    {
        await using var script = new TransactionScript();
        script.Commits.Status = TransactionStatus.NotKnown;
        script.Meets("COMMIT", new FakeFault(FaultKind.ConnectionLost));

        var unknown = await Assert.ThrowsAsync<CommitOutcomeUnknownException>(() => script.InsertAsync(async, Named));

        Assert.Equal((1, "order 17", "7"), (script.Runs, unknown.Label, unknown.Mark?.Id));
        Assert.Contains("'order 17'", unknown.Message, StringComparison.Ordinal);
        var known = CallFault.Of(unknown)!;
        Assert.Equal((FaultKind.CommitUnknown, true, 1), (known.Fault.Kind, known.MayHaveBeenApplied, known.Attempts));
        script.AssertNothingLeft();
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Commit_AnswerLostAndNobodyIsAsked_IsTheEnd(bool async)
    {
        await using var script = new TransactionScript(resolution: CommitResolution.Off);
        var lost = new FakeFault(FaultKind.ConnectionLost);
        script.Meets("COMMIT", lost);

        Assert.Same(lost, await Assert.ThrowsAsync<FakeFault>(() => script.InsertAsync(async)));

        Assert.Equal((1, true, "it may have been applied"), (script.Runs, CallFault.Of(lost)!.MayHaveBeenApplied, CallFault.Of(lost)!.NotRetried));
        script.AssertNothingLeft();
    }

    /// <summary>A deferred constraint or a serialization failure: the server says that it is rolled back.</summary>
    [Theory]
    [InlineData(true, FaultKind.Conflict, 2)]
    [InlineData(false, FaultKind.Conflict, 2)]
    [InlineData(true, FaultKind.Statement, 1)]
    [InlineData(false, FaultKind.Statement, 1)]
    public async Task Commit_Refused_RunsAgainWhereThatMayHelp(bool async, FaultKind kind, int runs)
    {
        await using var script = new TransactionScript();
        var refusal = new FakeFault(kind, notApplied: true);
        script.Meets("COMMIT", refusal);
        if (runs == 1)
        {
            await Assert.ThrowsAsync<FakeFault>(() => script.InsertAsync(async));
            Assert.False(CallFault.Of(refusal)!.MayHaveBeenApplied);
        }
        else
        {
            await script.InsertAsync(async);
        }

        Assert.Equal(runs, script.Runs);
        script.AssertNothingLeft();
    }

    [Theory]
    [InlineData("commit")]
    [InlineData("roll back")]
    [InlineData("dispose")]
    [InlineData("COMMIT;")]
    [InlineData("ROLLBACK")]
    public async Task Delegate_EndsTheTransactionAndReturns_IsToldSo(string end)
    {
        foreach (var async in new[] { true, false })
        {
            await using var script = new TransactionScript();
            var refusal = await Assert.ThrowsAsync<InvalidOperationException>(() => script.RunAsync(async, (db, attempt, _) => EndAsync(db, attempt, async, end)));
            Assert.Contains("ended the transaction itself", refusal.Message, StringComparison.Ordinal);
            Assert.Equal(1, script.Runs);
            script.AssertNothingLeft();
        }
    }

    [Theory]
    [InlineData("commit")]
    [InlineData("COMMIT")]
    [InlineData("end; select 1")]
    [InlineData("/* now */ COMMIT AND CHAIN")]
    public async Task Delegate_CommitsAndThenMeetsAFault_IsNotRunAgain(string end)
    {
        foreach (var async in new[] { true, false })
        {
            await using var script = new TransactionScript();
            var fault = new FakeFault(FaultKind.Conflict, notApplied: true);
            script.Meets("SELECT late", fault);
            Assert.Same(fault, await Assert.ThrowsAsync<FakeFault>(() => script.RunAsync(async, async (db, attempt, ct) =>
            {
                await ExecuteAsync(db, async, token: ct);
                await EndAsync(db, attempt, async, end);
                await ExecuteAsync(db, async, "SELECT late", ct);
            })));
            Assert.Equal((1, true, "it may have been applied"), (script.Runs, CallFault.Of(fault)!.MayHaveBeenApplied, CallFault.Of(fault)!.NotRetried));
            script.AssertNothingLeft();
        }
    }

    [Theory]
    [InlineData(true, true)]
    [InlineData(false, true)]
    [InlineData(true, false)]
    [InlineData(false, false)]
    public async Task Delegate_ClosesTheConnection_IsToldSo(bool async, bool opensAgain)
    {
        await using var script = new TransactionScript();
        var refusal = await Assert.ThrowsAsync<InvalidOperationException>(() => script.RunAsync(async, async (db, _, ct) =>
        {
            await ExecuteAsync(db, async, token: ct);
            await db.CloseAsync();
            if (opensAgain)
            {
                await db.OpenAsync(ct);
            }
        }));
        Assert.Contains("closed the connection", refusal.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("COMMIT", script.Log, StringComparison.Ordinal);
        Assert.Equal(1, script.Runs);
        script.AssertNothingLeft();
    }

    /// <summary>A server lets the commit of a failed transaction be a rollback and reports success.</summary>
    [Theory]
    [InlineData(true, FaultKind.Conflict, 2)]
    [InlineData(false, FaultKind.Conflict, 2)]
    [InlineData(true, FaultKind.Statement, 1)]
    [InlineData(false, FaultKind.Statement, 1)]
    public async Task Delegate_SwallowsAFailure_IsNotTakenForSuccess(bool async, FaultKind kind, int runs)
    {
        await using var script = new TransactionScript();
        var swallowed = new FakeFault(kind);
        script.Meets("INSERT", swallowed).Meets("PING", new FakeFault(FaultKind.Statement));
        var running = script.RunAsync(async, async (db, _, ct) =>
        {
            try
            {
                await ExecuteAsync(db, async, token: ct);
            }
            catch (FakeFault)
            {
            }
        });
        if (runs == 1)
        {
            Assert.Same(swallowed, await Assert.ThrowsAsync<FakeFault>(() => running));
            Assert.False(CallFault.Of(swallowed)!.MayHaveBeenApplied);
        }
        else
        {
            await running;
        }

        Assert.Equal(runs, script.Runs);
        Assert.StartsWith("BEGIN INSERT PING ROLLBACK", script.Log, StringComparison.Ordinal);
        script.AssertNothingLeft();
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Delegate_GoesBackToASavepoint_Commits(bool async)
    {
        await using var script = new TransactionScript();
        script.Meets("INSERT", new FakeFault(FaultKind.Statement));
        Assert.Equal(1, await script.RunAsync(async, async (db, attempt, ct) =>
        {
            attempt.Transaction.Save("s");
            await Assert.ThrowsAsync<FakeFault>(() => ExecuteAsync(db, async, token: ct));
            attempt.Transaction.Rollback("s");
            await ExecuteAsync(db, async, "UPDATE t SET id = 2", ct);
        }));
        Assert.EndsWith("COMMIT", script.Log, StringComparison.Ordinal);
        Assert.DoesNotContain("PING", script.Log, StringComparison.Ordinal);
    }

    /// <summary>What goes wrong after the commit is no reason to do it twice.</summary>
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Commit_DoneAndTheCleaningUpFails_IsNotRunAgain(bool async)
    {
        await using var script = new TransactionScript();
        script.Meets("INSERT", new FakeFault(FaultKind.Conflict));
        await Assert.ThrowsAsync<FakeFault>(() => script.RunAsync(async, async (db, attempt, ct) =>
        {
            if (attempt.Number == 2)
            {
                db.StateChange += (_, _) => throw new FakeFault(FaultKind.Conflict);
            }

            await ExecuteAsync(db, async, token: ct);
        }));
        Assert.Equal((2, 1), (script.Runs, script.Cluster.Servers[0].Log.Count(t => t == "COMMIT")));
    }

    private static async Task EndAsync(ClusterConnection db, TransactionAttempt attempt, bool async, string how)
    {
        switch (how)
        {
            case "commit" when async:
                await attempt.Transaction.CommitAsync();
                break;
            case "commit":
                attempt.Transaction.Commit();
                break;
            case "roll back":
                await attempt.Transaction.RollbackAsync();
                break;
            case "dispose":
                await attempt.Transaction.DisposeAsync();
                break;
            default:
                await ExecuteAsync(db, async, how);
                break;
        }
    }
}
