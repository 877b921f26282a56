using ClusterClient.Consistency;
using ClusterClient.Npgsql.Tests.Failover;
using ClusterClient.Testing;

namespace ClusterClient.Npgsql.Tests.Transactions;

/// <summary>
/// What real servers say of transactions that their crash or promotion came across, with the statements of the library; and what follows from it.
/// </summary>
public sealed class CommitCasesTests
{
    private const string Insert = "INSERT INTO t VALUES (1, 'x')";
    private const string Schema = "CREATE TABLE t (id int, note text)";

    [Fact]
    public async Task CommittedAndReplicated_BeforeAndAfterPromotion_Committed()
    {
        await using var group = await StartAsync(2);
        await using var lost = await MarkedTransaction.BeginAsync(group["eu-1"], Insert);
        await lost.CommitAsync();
        Assert.Equal(CommitOutcome.Committed, (await lost.AskAsync(group["eu-1"])).Outcome);
        await group.WaitForReplicationAsync();
        Assert.False((await lost.AskAsync(group["eu-2"])).IsFinal);
        await FailOverAsync(group, "eu-1", "eu-2");
        Assert.Equal(CommitOutcome.Committed, (await lost.AskAsync(group["eu-2"])).Outcome);
        Assert.Equal("1", await RowsAsync(group["eu-2"]));
    }

    [Fact]
    public async Task InProgressAtTheCrash_Replica_NoWord_Promoted_NotCommitted()
    {
        await using var group = await StartAsync(2);
        await using var lost = await MarkedTransaction.BeginAsync(group["eu-1"], Insert);
        Assert.Equal("it has not ended", (await lost.AskAsync(group["eu-1"])).Reason);
        await FlushAsync(group);
        await group["eu-1"].KillAsync();
        Assert.Equal((CommitOutcome.Unknown, false), OutcomeOf(await lost.AskAsync(group["eu-2"])));
        await group["eu-2"].PromoteAsync();
        Assert.Equal(TransactionStatus.Aborted, (await lost.AnswerAsync(group["eu-2"])).Status);
        Assert.Equal(CommitOutcome.NotCommitted, (await lost.AskAsync(group["eu-2"])).Outcome);
    }

    [Fact]
    public async Task NeverReplicated_ClientHadItsAnswer_NotCommittedEvenWhenItsIdIsUsedAgain()
    {
        await using var group = await StartAsync(2);
        await MarkedTransaction.DetachAsync(group["eu-2"]);
        await using var lost = await MarkedTransaction.BeginAsync(group["eu-1"], Insert);
        await lost.CommitAsync();
        await FailOverAsync(group, "eu-1", "eu-2");
        // In the future there, which is an error for whoever asks without care.
        var answer = await lost.AnswerAsync(group["eu-2"]);
        Assert.Equal(TransactionStatus.NotKnown, answer.Status);
        Assert.True(answer.RecoveredTo < lost.Mark.Position);
        Assert.Equal(CommitOutcome.NotCommitted, (await lost.AskAsync(group["eu-2"])).Outcome);
        await lost.UseIdAgainAsync(group["eu-2"]);
        Assert.Equal(CommitOutcome.NotCommitted, (await lost.AskAsync(group["eu-2"])).Outcome);
        Assert.Equal("0", await RowsAsync(group["eu-2"]));
    }

    [Fact]
    public async Task CommitRecordAloneNotReplicated_NotCommitted()
    {
        await using var group = await StartAsync(2);
        await using var lost = await MarkedTransaction.BeginAsync(group["eu-1"], Insert);
        await FlushAsync(group);
        await MarkedTransaction.DetachAsync(group["eu-2"]);
        await lost.CommitAsync();
        await FailOverAsync(group, "eu-1", "eu-2");
        var answer = await lost.AnswerAsync(group["eu-2"]);
        Assert.True(answer.RecoveredTo >= lost.Mark.Position);
        Assert.Equal(TransactionStatus.Aborted, answer.Status);
        Assert.Equal(CommitOutcome.NotCommitted, (await lost.AskAsync(group["eu-2"])).Outcome);
    }

    [Fact]
    public async Task CrashRestartOfTheSameNode_FlushedStays_UnflushedIsNotCommittedEvenWhenItsIdIsUsedAgain()
    {
        await using var group = await StartAsync(1, ("wal_writer_delay", "10s"));
        var node = group["eu-1"];
        await using var kept = await MarkedTransaction.BeginAsync(node, Insert);
        await kept.CommitAsync();
        await using var lost = await MarkedTransaction.BeginAsync(node, Insert, before: "SET synchronous_commit = off");
        await lost.CommitAsync();
        await node.KillAsync();
        await node.StartAsync();
        Assert.Equal("1", await RowsAsync(node));
        Assert.Equal(CommitOutcome.NotCommitted, (await lost.AskAsync(node)).Outcome);
        await lost.UseIdAgainAsync(node);
        Assert.Equal(CommitOutcome.NotCommitted, (await lost.AskAsync(node)).Outcome);
        Assert.Equal(CommitOutcome.Committed, (await kept.AskAsync(node)).Outcome);
        // A clean restart forgets where that was.
        await node.RestartAsync();
        Assert.Equal((CommitOutcome.Unknown, true), OutcomeOf(await lost.AskAsync(node)));
        Assert.Equal((CommitOutcome.Unknown, true), OutcomeOf(await kept.AskAsync(node)));
    }

    [Fact]
    public async Task CrashOfASession_FirstProcessRunsOn_UnflushedIsNotCommittedEvenWhenItsIdIsUsedAgain()
    {
        await using var group = await StartAsync(1, ("wal_writer_delay", "10s"), ("restart_after_crash", "on"));
        var node = group["eu-1"];
        var started = await node.ExecuteAsync("SELECT pg_postmaster_start_time()");
        await using var lost = await MarkedTransaction.BeginAsync(node, Insert, before: "SET synchronous_commit = off");
        await lost.CommitAsync();
        using (var session = System.Diagnostics.Process.GetProcessById(lost.Process))
        {
            session.Kill();
        }

        await Eventually.TrueAsync(async () =>
        {
            try
            {
                return await node.ExecuteAsync("SELECT pg_last_wal_replay_lsn()") is not null;
            }
            catch (Exception e) when (e is PostgresErrorException or IOException or System.Net.Sockets.SocketException)
            {
                return false;
            }
        }, Scenario.Patience);
        Assert.Equal(started, await node.ExecuteAsync("SELECT pg_postmaster_start_time()"));
        Assert.Equal("0", await RowsAsync(node));
        await lost.UseIdAgainAsync(node);
        Assert.Equal(CommitOutcome.NotCommitted, (await lost.AskAsync(node)).Outcome);
    }

    [Theory]
    [InlineData("CREATE TEMP TABLE own (id int)", "INSERT INTO own VALUES (1)")]
    [InlineData("CREATE UNLOGGED TABLE own (id int)", "INSERT INTO own VALUES (1)")]
    public async Task FirstWriteLeavesNoRecord_IdUsedAgainAfterPromotion_NotCommitted(string before, string write)
    {
        await using var group = await StartAsync(2);
        await using var lost = await MarkedTransaction.BeginAsync(group["eu-1"], write, before);
        await MarkedTransaction.DetachAsync(group["eu-2"]);
        await lost.RunAsync(Insert);
        await lost.CommitAsync();
        await FailOverAsync(group, "eu-1", "eu-2");
        await lost.UseIdAgainAsync(group["eu-2"]);
        Assert.Equal("0", await RowsAsync(group["eu-2"]));
        Assert.Equal(CommitOutcome.NotCommitted, (await lost.AskAsync(group["eu-2"])).Outcome);
    }

    [Fact]
    public async Task StatusTooOld_SameRun_Unknown()
    {
        await using var group = await StartAsync(1);
        var node = group["eu-1"];
        await using var old = await MarkedTransaction.BeginAsync(node, Insert);
        await old.CommitAsync();
        // As many as the server keeps in one file, which is removed as a whole; most quickly as parts of one transaction.
        await node.ExecuteAsync("DO $$ BEGIN FOR i IN 1..1048576 LOOP BEGIN PERFORM pg_logical_emit_message(true, '', ''); EXCEPTION WHEN division_by_zero THEN END; END LOOP; END $$");
        await node.ExecuteAsync("UPDATE pg_database SET datallowconn = true");
        foreach (var database in new[] { "template0", "template1", "postgres", "app" })
        {
            // What is frozen everywhere needs no status any more.
            await node.ExecuteAsync("SELECT pg_current_xact_id()", database);
            await node.ExecuteAsync("VACUUM FREEZE", database);
        }

        Assert.Equal(TransactionStatus.NotKnown, (await old.AnswerAsync(node)).Status);
        Assert.Equal((CommitOutcome.Unknown, true), OutcomeOf(await old.AskAsync(node)));
    }

    [Fact]
    public async Task TwoPromotions_FirstForkKnown_Committed_NotKnown_Unknown()
    {
        await using var group = await StartAsync(3);
        await using var lost = await MarkedTransaction.BeginAsync(group["eu-1"], Insert);
        await lost.CommitAsync();
        await group.WaitForReplicationAsync();
        await FailOverAsync(group, "eu-1", "eu-2", "eu-3");
        var fork = (await lost.AnswerAsync(group["eu-2"])).RecoveredTo!.Value;
        await FailOverAsync(group, "eu-2", "eu-3");
        Assert.Equal((CommitOutcome.Unknown, true), OutcomeOf(await lost.AskAsync(group["eu-3"])));
        Assert.Equal(CommitOutcome.Committed, (await lost.AskAsync(group["eu-3"], (2, fork))).Outcome);
    }

    [Fact]
    public async Task TwoPromotions_LostInTheFirst_NeverTakenForCommitted()
    {
        await using var group = await StartAsync(3);
        await MarkedTransaction.DetachAsync(group["eu-2"]);
        await MarkedTransaction.DetachAsync(group["eu-3"]);
        await using var lost = await MarkedTransaction.BeginAsync(group["eu-1"], Insert);
        await lost.CommitAsync();
        await FailOverAsync(group, "eu-1", "eu-2", "eu-3");
        var fork = (await lost.AnswerAsync(group["eu-2"])).RecoveredTo!.Value;
        await lost.UseIdAgainAsync(group["eu-2"]);
        // Far beyond where the lost one was.
        await group["eu-2"].ExecuteAsync("SELECT pg_switch_wal()");
        await group.WaitForReplicationAsync();
        await FailOverAsync(group, "eu-2", "eu-3");
        var answer = await lost.AnswerAsync(group["eu-3"]);
        Assert.Equal((3, TransactionStatus.Committed, true, true), (answer.Epoch, answer.Status, answer.WasPromoted, answer.RecoveredTo > lost.Mark.Position));
        Assert.Equal((CommitOutcome.Unknown, true), OutcomeOf(await lost.AskAsync(group["eu-3"])));
        Assert.Equal((CommitOutcome.Unknown, true), OutcomeOf(await lost.AskAsync(group["eu-3"], (2, fork))));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task PromotedAndRestarted_OnlyAForkThatWasSeenDecides(bool isClean)
    {
        await using var group = await StartAsync(2);
        await using var kept = await MarkedTransaction.BeginAsync(group["eu-1"], Insert);
        await kept.CommitAsync();
        await group.WaitForReplicationAsync();
        await MarkedTransaction.DetachAsync(group["eu-2"]);
        await using var lost = await MarkedTransaction.BeginAsync(group["eu-1"], Insert);
        await lost.CommitAsync();
        await FailOverAsync(group, "eu-1", "eu-2");
        var fork = (await lost.AnswerAsync(group["eu-2"])).RecoveredTo!.Value;
        await lost.UseIdAgainAsync(group["eu-2"]);
        if (isClean)
        {
            await group["eu-2"].RestartAsync();
        }
        else
        {
            await group["eu-2"].ExecuteAsync("SELECT pg_switch_wal(); INSERT INTO t VALUES (2, 'later')");
            await group["eu-2"].KillAsync();
            await group["eu-2"].StartAsync();
        }

        var answer = await lost.AnswerAsync(group["eu-2"]);
        // The end of the later crash's recovery lies beyond the lost one, and hides where it was lost.
        Assert.Equal((TransactionStatus.Committed, false, !isClean), (answer.Status, answer.WasPromoted, answer.RecoveredTo > lost.Mark.Position));
        Assert.Equal((CommitOutcome.Unknown, true), OutcomeOf(await lost.AskAsync(group["eu-2"])));
        Assert.Equal((CommitOutcome.Unknown, true), OutcomeOf(await kept.AskAsync(group["eu-2"])));
        Assert.Equal(CommitOutcome.NotCommitted, (await lost.AskAsync(group["eu-2"], (2, fork))).Outcome);
        Assert.Equal(CommitOutcome.Committed, (await kept.AskAsync(group["eu-2"], (2, fork))).Outcome);
    }

    private static (CommitOutcome Outcome, bool IsFinal) OutcomeOf(CommitVerdict verdict) => (verdict.Outcome, verdict.IsFinal);

    private static Task<LocalPostgres> StartAsync(int nodes, params (string Name, string Value)[] settings) => LocalPostgres.StartAsync(g =>
    {
        g.Region("eu", nodes).Sql(Schema);
        foreach (var (name, value) in settings)
        {
            g.Setting(name, value);
        }
    });

    // Whatever was written so far is with the standbys, that of transactions which have not ended too.
    private static async Task FlushAsync(LocalPostgres group)
    {
        await group.Primary.ExecuteAsync("SELECT pg_logical_emit_message(true, 'flush', '')");
        await group.WaitForReplicationAsync();
    }

    private static async Task FailOverAsync(LocalPostgres group, string dead, string risen, params string[] followers)
    {
        await group[dead].KillAsync();
        await group[risen].PromoteAsync();
        foreach (var follower in followers)
        {
            await group[follower].FollowAsync(group[risen]);
        }
    }

    private static Task<string?> RowsAsync(PostgresNode node) => node.ExecuteAsync("SELECT count(*) FROM t WHERE id = 1");
}
