using ClusterClient.Consistency;
using ClusterClient.Data;
using ClusterClient.Npgsql.Tests.Data;
using ClusterClient.Npgsql.Tests.Failover;
using ClusterClient.Testing;
using ClusterClient.Topology;
using Npgsql;

namespace ClusterClient.Npgsql.Tests.Transactions;

/// <summary>The answer to a commit is lost, and its primary with it.</summary>
public sealed class FailedOverCommitTests
{
    [Theory]
    [InlineData(CommitResolution.ByTransactionId, Io.Sync, true)]
    [InlineData(CommitResolution.ByTransactionId, Io.Async, true)]
    [InlineData(CommitResolution.ByMarker, Io.Async, true)]
    [InlineData(CommitResolution.ByTransactionId, Io.Sync, false)]
    [InlineData(CommitResolution.ByTransactionId, Io.Async, false)]
    [InlineData(CommitResolution.ByMarker, Io.Sync, false)]
    public async Task Commit_PrimaryKilledAndStandbyPromoted_ReturnsIfItWasReplicated(CommitResolution resolution, Io io, bool isReplicated)
    {
        await using var scenario = await StartAsync(resolution);
        await using var db = await OpenAsync(scenario);
        await using var transaction = await db.BeginTransactionAsync();
        await Scenario.InsertAsync(db, 1);
        await scenario.Servers.WaitForReplicationAsync();
        if (!isReplicated)
        {
            await MarkedTransaction.DetachAsync(scenario.Servers["eu-2"]);
        }

        scenario.Servers["eu-1"].Proxy.CutHalfOpen();
        var commit = Task.Run(() => transaction.CommitAsync(io));
        await UntilThereAsync(scenario, isReplicated ? "eu-2" : "eu-1");
        await scenario.Servers["eu-1"].KillAsync();
        await scenario.PromoteAsync("eu-2");
        if (isReplicated)
        {
            await commit.WaitAsync(Scenario.Patience);
        }
        else
        {
            var failure = await Assert.ThrowsAnyAsync<Exception>(() => commit.WaitAsync(Scenario.Patience));
            Assert.True(failure is NpgsqlException or NodeSilentException, $"{failure}");
            Assert.False(CallFault.Of(failure)!.MayHaveBeenApplied);
        }

        Assert.Equal(isReplicated ? "1" : "0", await scenario.CountOnAsync("eu-2", 1));
    }

    /// <summary>The server stops where it stands, with the commit before it, and goes on: what it then says holds.</summary>
    [Theory]
    [InlineData(CommitResolution.ByTransactionId, Io.Async)]
    [InlineData(CommitResolution.ByMarker, Io.Sync)]
    public async Task Commit_PrimaryHungAndResumed_WhatItSaysHolds(CommitResolution resolution, Io io)
    {
        await using var scenario = await StartAsync(resolution);
        await using var db = await OpenAsync(scenario);
        await using var transaction = await db.BeginTransactionAsync();
        await Scenario.InsertAsync(db, 1);
        scenario.Servers["eu-1"].Hang();
        var commit = Task.Run(() => transaction.CommitAsync(io));
        await scenario.UntilAsync("eu-1", NodeStatus.Silent);
        scenario.Servers["eu-1"].Resume();
        var failure = await Record.ExceptionAsync(() => commit.WaitAsync(Scenario.Patience));
        if (failure is not null)
        {
            Assert.False(CallFault.Of(failure)!.MayHaveBeenApplied, $"{failure}");
        }

        Assert.Equal(failure is null ? "1" : "0", await scenario.CountOnAsync("eu-1", 1));
    }

    [Theory]
    [InlineData(CommitResolution.ByTransactionId)]
    [InlineData(CommitResolution.ByMarker)]
    public async Task Commit_PrimaryHungAndAnotherPromoted_NotCommitted(CommitResolution resolution)
    {
        await using var scenario = await StartAsync(resolution);
        await using var db = await OpenAsync(scenario);
        await using var transaction = await db.BeginTransactionAsync();
        await Scenario.InsertAsync(db, 1);
        scenario.Servers["eu-1"].Hang();
        var commit = transaction.CommitAsync();
        await scenario.UntilAsync("eu-1", NodeStatus.Silent);
        await scenario.PromoteAsync("eu-2");
        var failure = await Assert.ThrowsAnyAsync<Exception>(() => commit.WaitAsync(Scenario.Patience));
        Assert.False(CallFault.Of(failure)!.MayHaveBeenApplied, $"{failure}");
        Assert.Equal("0", await scenario.CountOnAsync("eu-2", 1));
    }

    [Theory]
    [InlineData(CommitResolution.ByTransactionId)]
    [InlineData(CommitResolution.ByMarker)]
    public async Task Commit_CallerCancelsTheInquiry_UnknownAtOnce(CommitResolution resolution)
    {
        await using var scenario = await StartAsync(resolution);
        await using var db = await OpenAsync(scenario);
        await using var transaction = await db.BeginTransactionAsync();
        await Scenario.InsertAsync(db, 1);
        using var source = new CancellationTokenSource();
        await scenario.Servers["eu-1"].KillAsync();
        var commit = transaction.CommitAsync(source.Token);
        await scenario.UntilAsync(t => t.Primary is null);
        Assert.False(commit.IsCompleted);
        await source.CancelAsync();
        var unknown = await Assert.ThrowsAsync<CommitOutcomeUnknownException>(() => commit.WaitAsync(TimeSpan.FromSeconds(5)));
        Assert.Equal("the caller cancelled before it was found out", unknown.Reason);
        Assert.Equal((resolution == CommitResolution.ByMarker, "eu-1"), (unknown.Marker is not null, unknown.Node));
        Assert.True(CallFault.Of(unknown)!.MayHaveBeenApplied);
    }

    [Theory]
    [InlineData(Io.Sync)]
    [InlineData(Io.Async)]
    public async Task Commit_NoPrimaryInTime_UnknownWithTheReason(Io io)
    {
        await using var scenario = await StartAsync(CommitResolution.ByTransactionId, TimeSpan.FromSeconds(1));
        await using var db = await OpenAsync(scenario);
        await using var transaction = await db.BeginTransactionAsync();
        await Scenario.InsertAsync(db, 1);
        await scenario.Servers["eu-1"].KillAsync();
        var unknown = await Assert.ThrowsAsync<CommitOutcomeUnknownException>(() => Task.Run(() => transaction.CommitAsync(io)).WaitAsync(Scenario.Patience));
        Assert.Equal("no primary was found that could be asked in time", unknown.Reason);
        Assert.Equal("eu-1", unknown.Mark!.Node);
        Assert.NotNull(unknown.InnerException);
    }

    /// <summary>What was lost with the first primary is not found in the second one's history, though the third goes far beyond; and what was kept is.</summary>
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Judge_ForksThatTheMonitorSaw_TwoPromotions(bool isReplicated)
    {
        await using var scenario = await Scenario.StartAsync(eu: 3);
        await using var db = await OpenAsync(scenario);
        if (!isReplicated)
        {
            await MarkedTransaction.DetachAsync(scenario.Servers["eu-2"]);
            await MarkedTransaction.DetachAsync(scenario.Servers["eu-3"]);
        }

        await using var transaction = await MarkedTransaction.BeginAsync(scenario.Servers["eu-1"], "INSERT INTO t VALUES (1, 'x')");
        await transaction.CommitAsync();
        if (isReplicated)
        {
            await scenario.Servers.WaitForReplicationAsync();
        }

        await scenario.Servers["eu-1"].KillAsync();
        await scenario.PromoteAsync("eu-2", "eu-3");
        await scenario.UntilAsync(t => t.Primary?.Endpoint.Name == "eu-2");
        await transaction.UseIdAgainAsync(scenario.Servers["eu-2"]);
        await scenario.Servers["eu-2"].ExecuteAsync("SELECT pg_switch_wal()");
        await scenario.Servers.WaitForReplicationAsync();
        await scenario.Servers["eu-2"].KillAsync();
        await scenario.PromoteAsync("eu-3");
        await scenario.UntilAsync(t => t.Primary?.Endpoint.Name == "eu-3");
        var answer = await transaction.AnswerAsync(scenario.Servers["eu-3"]);
        Assert.Equal(TransactionStatus.Committed, answer.Status);
        var verdict = CommitRule.Judge(transaction.Mark, answer, db.Opener.Topology.Memory.CertainForks);
        Assert.Equal(isReplicated ? CommitOutcome.Committed : CommitOutcome.Unknown, verdict.Outcome);
    }

    private static async Task<Scenario> StartAsync(CommitResolution resolution, TimeSpan? failover = null)
    {
        var scenario = await Scenario.StartAsync(
            b => b.Configure(o =>
            {
                o.CommitResolution = resolution;
                o.FailoverTimeout = failover ?? o.FailoverTimeout;
            }),
            eu: 2);
        await scenario.Orders.CreateCommitMarkersAsync();
        await scenario.Servers.WaitForReplicationAsync();
        return scenario;
    }

    // With what the first commit of a physical connection prepares behind it.
    private static async Task<ClusterConnection> OpenAsync(Scenario scenario)
    {
        var db = await scenario.Orders.OpenConnectionAsync();
        await using var first = await db.BeginTransactionAsync();
        await Scenario.InsertAsync(db, 0);
        await first.CommitAsync();
        return db;
    }

    private static Task UntilThereAsync(Scenario scenario, string node) =>
        Eventually.TrueAsync(async () => await scenario.CountOnAsync(node, 1) == "1", Scenario.Patience);
}
