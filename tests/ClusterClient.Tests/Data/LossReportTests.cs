using ClusterClient.Consistency;
using ClusterClient.Data;
using ClusterClient.Tests.Fakes;
using ClusterClient.Topology;

namespace ClusterClient.Tests.Data;

/// <summary>What is told after a failover of that which had been acknowledged: never an alarm for what is there, nor silence for what may not be.</summary>
public sealed class LossReportTests
{
    private const string Start = "P1@100 R1@90 R1@90";

    [Fact]
    public async Task Commit_SeenByALookBeforeTheFork_IsSafe()
    {
        await using var script = new LossScript();
        script.Sees(Start).Commits("one").Sees("P1@110 . .", "x P2@119/110 .");
        Assert.Equal("", await script.ToldAsync());
    }

    [Fact]
    public async Task Commit_SentWhenThePrimaryWasBeyondTheFork_IsLost()
    {
        await using var script = new LossScript();
        script.Sees("P1@110 R1@90 R1@90").Commits("one").Sees("x P2@119/110 .");
        Assert.Equal("1>2: one | +0", await script.ToldAsync());
    }

    [Fact]
    public async Task Commit_FirstWroteBeyondTheFork_IsLost()
    {
        await using var script = new LossScript();
        script.Sees(Start).Commits("one", id: "731", at: 111).Sees("x P2@119/110 .");
        Assert.Equal("1>2: one | +0", await script.ToldAsync());
    }

    [Fact]
    public async Task Commit_AcknowledgedAfterTheLastLook_IsDoubtful()
    {
        await using var script = new LossScript();
        script.Sees(Start).Commits("one").Sees("x P2@119/110 .");
        Assert.Equal("1>2:  | one +0", await script.ToldAsync());
    }

    [Fact]
    public async Task Commit_BetweenTwoLooks_IsHeldAgainstTheSecond()
    {
        await using var script = new LossScript();
        // The first look began before it and cannot speak for it; the second one does, and lies beyond the fork.
        script.Sees(Start).Commits("safe").Sees("P1@105 . .").Commits("open").Sees("P1@120 . .").Commits("gone").Sees("x P2@119/110 .");
        Assert.Equal("1>2: gone | open +0", await script.ToldAsync());
    }

    [Fact]
    public async Task Commit_LookUnderWayWhenItWasAcknowledged_ProvesNothing()
    {
        await using var script = new LossScript();
        script.Sees(Start).Commits("zero");
        // A look begins, the commit is acknowledged, and the look brings a position that need not include it.
        script.Cluster.Clock.Advance(TimeSpan.FromMilliseconds(1));
        script.Cluster.Ledger.LookBegins(0);
        var began = script.Cluster.Clock.GetTimestamp();
        script.Commits("one");
        script.Cluster.Clock.Advance(TimeSpan.FromMilliseconds(1));
        script.Cluster.Monitor.Report(0, Sightings.Answer("P1@105", began));
        script.Sees("x P2@119/110 .");
        Assert.Equal("1>2:  | one +0", await script.ToldAsync());
    }

    [Fact]
    public async Task Commit_ServerHadMoreInMemory_IsHeldAgainstThat()
    {
        await using var script = new LossScript();
        // What does not wait for the disk is acknowledged before it is written.
        script.Sees(Start).Commits("one").Sees("P1@105+20 . .", "x P2@119/110 .");
        Assert.Equal("1>2:  | one +0", await script.ToldAsync());
    }

    [Theory]
    // The fork as told is an upper bound: a look up to it proves nothing, one up to where the replica was seen does.
    [InlineData("P1@105 R1@90 .", "x P2@119/110? .", "1>2:  | one +0")]
    [InlineData("P1@105 R1@106 .", "x P2@119/110? .", "")]
    // The fork is not known.
    [InlineData("P1@105 R1@90 .", "x P2@119 .", "1>2:  | one +0")]
    [InlineData("P1@105 R1@105 .", "x P2@119 .", "")]
    public async Task Commit_ForkNotCertain_IsSafeOnlyWhereTheReplicaWasSeenBeyondIt(string look, string failover, string told)
    {
        await using var script = new LossScript();
        script.Sees(Start).Commits("one").Sees(look, failover);
        Assert.Equal(told, await script.ToldAsync());
    }

    [Fact]
    public async Task Report_ForkNotKnown_SaysSo()
    {
        await using var script = new LossScript();
        script.Sees(Start).Commits("one").Sees("x P2@119 .");
        var report = Assert.Single(await script.EndAsync());
        Assert.Null(report.ForkedAt);
        var at = LossSentence.Time(report.DoubtfulCommits[0].AcknowledgedAt);
        Assert.Equal(
            "orders: b took over in epoch 2, and where that left epoch 1 is not known; epoch 1 had been acknowledged up to 0/64: "
            + $"1 commit of this process at {at} (one) may be lost",
            report.ToString());
    }

    [Fact]
    public async Task Failovers_TwoInARow_EachTellsItsOwn()
    {
        await using var script = new LossScript();
        script.Sees(Start).Commits("a1").Sees("P1@105 . .").Commits("a2").Sees("x P2@119/106 R1@90");
        await script.JudgeAsync();
        script.Sees(". P2@121 R2@120").Commits("b1").Sees(". P2@130 R2@130", ". P2@140 .").Commits("b2").Sees(". x P3@150/135");
        Assert.Equal("1>2:  | a2 +0 & 2>3: b2 | +0", await script.ToldAsync());
    }

    [Fact]
    public async Task Failovers_TheSecondPrimarySleptThroughTheFirst_TellsWhatItLacksOfBoth()
    {
        await using var script = new LossScript();
        script.Sees(Start, "P1@100 . R1@90").Commits("a1").Sees("P1@105 . .", "x P2@119/110 .");
        await script.JudgeAsync();
        script.Commits("b1").Sees(". P2@125 .", ". x P3@130/95");
        Assert.Equal("2>3: b1 | +0 & 1>3: a1 | +0", await script.ToldAsync());
    }

    [Fact]
    public async Task Judged_Again_TellsNothingTwice()
    {
        await using var script = new LossScript();
        script.Sees("P1@110 R1@90 R1@90").Commits("one").Sees("x P2@119/110 .");
        await script.JudgeAsync();
        script.Sees(". x .", ". P2@130 .");
        await script.JudgeAsync();
        Assert.Single(await script.EndAsync());
    }

    [Fact]
    public async Task Commit_AnsweredAfterTheFailover_IsToldThen()
    {
        await using var script = new LossScript();
        script.Sees("P1@110 R1@90 R1@90", ". P2@119/110 .");
        await script.JudgeAsync();
        var late = script.Cluster.Ledger.Late.Arm();
        script.Commits("late", node: 0);
        Assert.True(late.IsCancellationRequested);
        Assert.Equal("1>2: late | +0", await script.ToldAsync());
    }

    [Fact]
    public async Task Write_AnsweredAfterTheFailover_IsToldWithTheNextLookAtItsNode()
    {
        await using var script = new LossScript();
        script.Sees("P1@110 R1@90 R1@90", ". P2@119/110 .");
        await script.JudgeAsync();
        var late = script.Cluster.Ledger.Late.Arm();
        script.Cluster.Nodes[0].State.Writes.Add(script.Cluster.Opener.Clock.Now);
        script.Sees("P1@111 . .");
        Assert.True(late.IsCancellationRequested);
        Assert.Equal("1>2:  | +1", await script.ToldAsync());
    }

    [Fact]
    public async Task Commit_FoundOutFromTheNewPrimary_IsThere()
    {
        await using var script = new LossScript(new FakeCommits { Statuses = { ["731"] = TransactionStatus.Committed } });
        script.Sees(Start, "x P2@119/110 .").Commits("one", id: "731", at: 101, node: 0);
        Assert.Equal("", await script.ToldAsync());
    }

    [Theory]
    [InlineData(TransactionStatus.Committed, "")]
    [InlineData(TransactionStatus.Aborted, "1>2: one | +0")]
    [InlineData(TransactionStatus.NotKnown, "1>2:  | one +0")]
    [InlineData(TransactionStatus.InProgress, "1>2:  | one +0")]
    public async Task Doubtful_WithAnId_IsAskedFor(TransactionStatus status, string told)
    {
        await using var script = new LossScript(new FakeCommits { Statuses = { ["731"] = status } });
        script.Sees(Start).Commits("one", id: "731", at: 101).Sees("x P2@119/110 .");
        Assert.Equal(told, await script.ToldAsync());
    }

    [Theory]
    [InlineData(true, "")]
    [InlineData(false, "1>2: one | +0")]
    public async Task Doubtful_WithAMarker_IsLookedFor(bool isThere, string told)
    {
        var marker = Guid.CreateVersion7();
        var commits = new FakeCommits { Markers = { isThere ? marker : Guid.Empty } };
        await using var script = new LossScript(commits);
        script.Cluster.Servers[1].OnRow = () => commits.HasMarker;
        script.Sees(Start).Commits("one", marker: marker).Sees("x P2@119/110 .");
        Assert.Equal(told, await script.ToldAsync());
    }

    [Fact]
    public async Task Doubtful_FoundOnTheNewPrimary_IsJudgedAgainAfterTheNextFailover()
    {
        var commits = new FakeCommits { Statuses = { ["731"] = TransactionStatus.Committed } };
        await using var script = new LossScript(commits);
        script.Sees(Start).Commits("one", id: "731", at: 101).Sees("x P2@119/110 R1@90");
        await script.JudgeAsync();
        commits.Statuses["731"] = TransactionStatus.Aborted;
        // Which left the history before it earlier than that did.
        script.Sees(". P2@130 .", ". x P3@150/105");
        Assert.Equal("1>3: one | +0", await script.ToldAsync());
    }

    [Fact]
    public async Task Doubtful_NewPrimaryDoesNotAnswer_StaysSo()
    {
        await using var script = new LossScript(new FakeCommits());
        script.Cluster.Servers[1].OnExecute = () => new TaskCompletionSource().Task;
        script.Sees(Start).Commits("one", id: "731", at: 101).Sees("x P2@119/110 .");
        var judging = script.JudgeAsync();
        await Until.TrueAsync(script.Cluster.Clock, TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(30), () => judging.IsCompleted);
        Assert.Equal("1>2:  | one +0", await script.ToldAsync());
    }

    [Fact]
    public async Task Cleared_ManyOfThem_GoBeforeNewerOnes()
    {
        var commits = new FakeCommits();
        await using var script = new LossScript(commits);
        script.Sees(Start);
        for (var i = 0; i < CommitLedger.Capacity; i++)
        {
            commits.Statuses[$"{i}"] = TransactionStatus.Committed;
            script.Commits($"c{i}", id: $"{i}", at: 101);
        }

        script.Sees("x P2@119/110 .").Commits("new");
        await script.JudgeAsync();
        script.Sees(". x P3@130/95");
        Assert.Contains((await script.EndAsync()).SelectMany(r => r.Lost.Concat(r.DoubtfulCommits)), c => c.Label == "new");
    }

    [Fact]
    public async Task Cleared_AtTheFirstFailover_IsNotAskedForAtTheSecond()
    {
        var commits = new FakeCommits { Statuses = { ["731"] = TransactionStatus.Committed } };
        await using var script = new LossScript(commits);
        script.Sees(Start).Commits("one", id: "731", at: 101).Sees("x P2@119/110 .");
        await script.JudgeAsync();
        commits.Statuses["731"] = TransactionStatus.NotKnown;
        script.Sees(". P2@129 R2@129", ". x P3@139/129");
        Assert.Equal("", await script.ToldAsync());
    }

    [Fact]
    public async Task Ring_Overflows_TheOldestAreOnlyCounted()
    {
        await using var script = new LossScript();
        script.Sees(Start);
        for (var i = 0; i < CommitLedger.Capacity + 3; i++)
        {
            script.Commits($"c{i}");
        }

        var report = Assert.Single(await script.Sees("x P2@119/110 .").EndAsync());
        Assert.Equal((CommitLedger.Capacity, 3), (report.DoubtfulCommits.Length, report.DoubtfulWrites));
        Assert.Equal("c3", report.DoubtfulCommits[0].Label);
        Assert.True(report.FirstAt < report.LastAt && report.LastAt < report.DoubtfulCommits[0].AcknowledgedAt);
    }

    [Fact]
    public async Task Ring_OverflowsWithWhatIsSafe_SaysNothingOfThat()
    {
        await using var script = new LossScript();
        script.Sees(Start);
        for (var i = 0; i < CommitLedger.Capacity + 3; i++)
        {
            script.Commits($"c{i}");
        }

        script.Sees("P1@105 . .").Commits("last").Sees("x P2@119/110 .");
        Assert.Equal("1>2:  | last +0", await script.ToldAsync());
    }

    [Theory]
    // The oldest ten have become one, which is as far as its last.
    [InlineData(150, 50)]
    [InlineData(105, 0)]
    public async Task Intervals_Overflow_NothingIsForgotten(int fork, int safe)
    {
        await using var script = new LossScript();
        script.Sees(Start);
        for (var i = 0; i < NodeLedger.Capacity + 9; i++)
        {
            script.Cluster.Nodes[0].State.Writes.Add(script.Cluster.Opener.Clock.Now);
            script.Sees($"P1@{101 + i} . .");
        }

        Assert.Equal($"1>2:  | +{NodeLedger.Capacity + 9 - safe}", await script.Sees($"x P2@9999/{fork} .").ToldAsync());
    }

    [Theory]
    [InlineData("INSERT INTO t VALUES (1)", 2, "1>2:  | +2")]
    [InlineData("SELECT 1", 2, "")]
    public async Task Writes_AfterTheLastLook_AreCounted(string text, int times, string told)
    {
        await using var script = new LossScript();
        script.Sees(Start);
        await script.ExecutesAsync("INSERT INTO t VALUES (0)", 5);
        script.Sees("P1@105 . .");
        await script.ExecutesAsync(text, times);
        Assert.Equal(told, await script.Sees("x P2@119/110 .").ToldAsync());
    }

    [Fact]
    public async Task Writes_InATransaction_AreNotCountedOneByOne()
    {
        await using var script = new LossScript();
        script.Sees(Start);
        await using (var connection = await script.Cluster.Writes.OpenConnectionAsync())
        await using (var transaction = await connection.BeginTransactionAsync())
        {
            await using var command = connection.CreateCommand();
            command.CommandText = "INSERT INTO t VALUES (1)";
            await command.ExecuteNonQueryAsync();
            await command.ExecuteNonQueryAsync();
            await transaction.CommitAsync();
            await command.ExecuteNonQueryAsync();
        }

        var report = Assert.Single(await script.Sees("x P2@119/110 .").EndAsync());
        Assert.Equal((1, 1), (report.DoubtfulCommits.Length, report.DoubtfulWrites));
    }

    [Theory]
    [InlineData("UPDATE t SET a = 1", 1, 0)]
    [InlineData("SELECT f()", 0, 1)]
    public async Task Transaction_BeyondTheFork_IsLostForCertainOnlyIfItWrote(string text, int lost, int doubtful)
    {
        await using var script = new LossScript();
        script.Sees("P1@120 R1@90 R1@90");
        await using (var connection = await script.Cluster.Writes.OpenConnectionAsync())
        await using (var transaction = await connection.BeginTransactionAsync())
        {
            await using var command = connection.CreateCommand();
            (command.Transaction, command.CommandText) = (transaction, text);
            await command.ExecuteNonQueryAsync();
            await transaction.CommitAsync();
        }

        var report = Assert.Single(await script.Sees("x P2@119/110 .").EndAsync());
        Assert.Equal((lost, doubtful), (report.Lost.Length, report.DoubtfulCommits.Length));
    }

    [Fact]
    public async Task Transaction_ThatOnlyRead_IsNoCommit()
    {
        await using var script = new LossScript();
        script.Sees(Start);
        await using (var connection = await script.Cluster.Writes.OpenConnectionAsync())
        await using (var transaction = await connection.BeginTransactionAsync())
        {
            await using var command = connection.CreateCommand();
            command.CommandText = "SELECT 1";
            await command.ExecuteNonQueryAsync();
            await transaction.CommitAsync();
        }

        Assert.Equal("", await script.Sees("x P2@119/110 .").ToldAsync());
    }

    [Fact]
    public async Task Writes_InAnAmbientTransaction_CountWhenItCommits()
    {
        await using var script = new LossScript();
        script.Sees(Start);
        using (var scope = new System.Transactions.TransactionScope(System.Transactions.TransactionScopeAsyncFlowOption.Enabled))
        {
            await script.ExecutesAsync("INSERT INTO t VALUES (1)", 2);
            // A look between the writes and their commit speaks for neither.
            script.Sees("P1@105 . .");
            scope.Complete();
        }

        Assert.Equal("1>2:  | +2", await script.Sees("x P2@119/110 .").ToldAsync());
    }

    [Fact]
    public async Task Writes_InAnAmbientTransactionThatIsRolledBack_DoNotCount()
    {
        await using var script = new LossScript();
        script.Sees(Start);
        using (new System.Transactions.TransactionScope(System.Transactions.TransactionScopeAsyncFlowOption.Enabled))
        {
            await script.ExecutesAsync("INSERT INTO t VALUES (1)");
        }

        Assert.Equal("", await script.Sees("x P2@119/110 .").ToldAsync());
    }

    [Fact]
    public async Task Synchronous_OnlyDoubts_IsALineAndNoAlarm()
    {
        await using var script = new LossScript();
        script.Sees("P1@100s R1@90 R1@90").Commits("unmarked").Commits("not remembered", id: "731", at: 101);
        await script.ExecutesAsync("INSERT INTO t VALUES (1)", 2);
        Assert.Equal("", await script.Sees("x P2@119/110 .").ToldAsync());
        var line = Assert.Single(script.Logger.Lines, l => l.StartsWith("Information 7", StringComparison.Ordinal));
        Assert.Contains("(unmarked, not remembered) and 2 more writes between ", line, StringComparison.Ordinal);
        Assert.Contains("may be lost; no alarm: commits waited for replicas", line, StringComparison.Ordinal);
        Assert.Empty(script.Counted);
    }

    [Theory]
    // Something is lost for certain, or commits did not wait all the time.
    [InlineData("P1@100s", 111ul, "1>2: one | +1", true)]
    [InlineData("P1@100", 0ul, "1>2:  | one +1", false)]
    public async Task Synchronous_MoreThanDoubts_IsTold(string primary, ulong at, string told, bool wasSynchronous)
    {
        await using var script = new LossScript(new FakeCommits());
        script.Sees($"{primary} R1@90 R1@90").Commits("one", id: at == 0 ? null : "731", at);
        await script.ExecutesAsync("INSERT INTO t VALUES (1)");
        Assert.Equal(told, await script.Sees("x P2@119/110 .").ToldAsync());
        Assert.Equal(wasSynchronous, script.Reports[0].WasSynchronous);
    }

    [Fact]
    public async Task Synchronous_SwitchedOffUnderIt_IsTold()
    {
        await using var script = new LossScript();
        script.Sees("P1@100s R1@90 R1@90").Commits("one").Sees("P1@120 . .", "x P2@119/110 .");
        Assert.Equal("1>2:  | one +0", await script.ToldAsync());
    }

    [Fact]
    public async Task Told_Loss_IsAnEventALineAndACount()
    {
        await using var script = new LossScript();
        script.Sees("P1@120 R1@90 R1@90").Commits("order 17").Commits("order 18");
        await script.ExecutesAsync("INSERT INTO t VALUES (1)", 2);
        var report = Assert.Single(await script.Sees("x P2@119/110 .").EndAsync());
        var first = LossSentence.Time(report.Lost[0].AcknowledgedAt);
        var last = LossSentence.Time(report.Lost[1].AcknowledgedAt);
        var sentence = "b took over at 0/6E in epoch 2; epoch 1 had been acknowledged up to 0/78: "
            + $"2 commits of this process between {first} and {last} are lost (order 17, order 18), 2 more writes may be";
        Assert.Equal(sentence, Assert.Single(script.Messages));
        Assert.Equal($"orders: {sentence}", report.ToString());
        Assert.Contains($"Error 6: orders: {sentence}", script.Logger.Lines);
        Assert.Equal(["certain 2", "possible 2"], script.Counted.Take(2));
    }

    [Fact]
    public async Task RunAsync_Failover_IsJudgedByItself()
    {
        await using var script = new LossScript();
        using var stop = new CancellationTokenSource();
        var running = script.RunAsync(stop.Token);
        script.Cluster.Sees("P1@120 R1@90 R1@90");
        script.Commits("one");
        script.Cluster.Sees("x P2@119/110 .");
        await Until.TrueAsync(() => script.Reports.Count == 1);
        script.Commits("late", node: 0);
        await Until.TrueAsync(() => script.Reports.Count == 2);
        await stop.CancelAsync();
        await running.Soon();
    }

    [Fact]
    public async Task RunAsync_JudgingFails_IsLoggedAndTheLoopGoesOn()
    {
        var log = new RememberingLogger { OnLog = id => _ = id == 7 ? throw new InvalidOperationException("the log's trouble") : id };
        await using var script = new LossScript(logger: log);
        using var stop = new CancellationTokenSource();
        var running = script.RunAsync(stop.Token);
        script.Cluster.Sees("P1@100s R1@90 R1@90");
        script.Commits("one");
        script.Cluster.Sees("x P2@120/110 R1@110");
        await Until.TrueAsync(() => log.Ids.Contains(97));
        script.Commits("two");
        script.Cluster.Sees(". R2@121 R2@120").Sees(". x P3@119/112");
        await Until.TrueAsync(() => script.Reports.Count == 1);
        Assert.Equal("two", Assert.Single(script.Reports[0].Lost).Label);
        await stop.CancelAsync();
        await running.Soon();
    }
}
