namespace ClusterClient.Testing.Tests;

/// <summary>Each test changes roles, so each has a group of its own.</summary>
public sealed class FailoverTests
{
    private const string Timeline = "select substr(pg_walfile_name(pg_current_wal_lsn()), 1, 8)";
    private const string ReceivedTimeline = "select received_tli from pg_stat_wal_receiver where status = 'streaming'";
    private const string Rows = "select string_agg(id::text, ',' order by id) from t";

    [Fact]
    public async Task RejoinAsync_AfterKillAndPromotion_OldPrimaryFollowsWithoutItsOwnWrites()
    {
        await using var group = await StartAsync();
        var (old, next, other) = (group["eu-1"], group["eu-2"], group["us-1"]);

        // Written by the old primary alone. (Hung standbys would still get it: their kernel takes it in for them.)
        await Task.WhenAll(next.StopAsync(), other.StopAsync());
        await old.ExecuteAsync("insert into t values (666)");
        await old.KillAsync();
        await Task.WhenAll(next.StartAsync(), other.StartAsync());

        await next.PromoteAsync();
        Assert.Same(next, group.Primary);
        Assert.Equal("00000002", await next.ExecuteAsync(Timeline));
        await next.ExecuteAsync("insert into t values (2)");

        await other.FollowAsync(next);
        Assert.Equal("2", await other.ExecuteAsync(ReceivedTimeline));
        Assert.Equal($"{next.DirectPort}", await other.ExecuteAsync("select sender_port from pg_stat_wal_receiver"));

        await old.RejoinAsync(next);
        Assert.Same(next, group.Primary);
        await next.ExecuteAsync("insert into t values (3)");
        await group.WaitForReplicationAsync();
        foreach (var node in group.Nodes)
            Assert.Equal("1,2,3", await node.ExecuteAsync(Rows));
        Assert.Equal("2", await old.ExecuteAsync(ReceivedTimeline));
        Assert.Equal("eu-1", await old.ExecuteAsync("show cluster_name"));
        Assert.Equal($"{old.DirectPort}", await old.ExecuteAsync("show port"));
    }

    [Fact]
    public async Task RejoinAsync_OldPrimaryHung_FollowsTheNewOne()
    {
        await using var group = await StartAsync();
        var (old, next) = (group["eu-1"], group["eu-2"]);
        old.Hang();
        await next.PromoteAsync();
        await next.ExecuteAsync("insert into t values (2)");
        await old.RejoinAsync(next);
        await group["us-1"].FollowAsync(next);
        await group.WaitForReplicationAsync();
        Assert.Equal("1,2", await old.ExecuteAsync(Rows));
        Assert.Equal("t", await old.ExecuteAsync("select pg_is_in_recovery()"));
    }

    [Fact]
    public async Task RejoinAsync_BothWroteAlone_OldPrimaryLosesItsOwn()
    {
        await using var group = await StartAsync();
        var (old, next) = (group["eu-1"], group["eu-2"]);
        await next.PromoteAsync();

        // Two primaries: what the first writes now is lost when it comes back.
        await old.ExecuteAsync("insert into t select generate_series(1000, 3000)");
        await next.ExecuteAsync("insert into t values (2)");
        await old.ConfigureAsync("work_mem", "7MB");
        await next.ConfigureAsync("work_mem", "8MB");
        await old.RejoinAsync(next);
        Assert.Contains("rejoins after pg_rewind", old.Server.LogTail(), StringComparison.Ordinal);
        Assert.Equal("7MB", await old.ExecuteAsync("show work_mem"));
        await group["us-1"].RejoinAsync(next);
        await group.WaitForReplicationAsync();
        foreach (var node in group.Nodes)
            Assert.Equal("1,2", await node.ExecuteAsync(Rows));
    }

    [Fact]
    public async Task RejoinAsync_RewindImpossible_TakesAFreshBackup()
    {
        await using var group = await StartAsync();
        await using var stranger = await LocalPostgres.StartAsync(builder => builder
            .Region("eu", 1).NewSystemIdentifier().Sql("create table t (id int); insert into t values (77)"));
        var node = group["us-1"];
        await node.RejoinAsync(stranger.Primary);
        Assert.Equal("77", await node.ExecuteAsync(Rows));
        Assert.Contains("rejoins from a fresh backup", node.Server.LogTail(), StringComparison.Ordinal);
        Assert.Equal("us-1", await node.ExecuteAsync("show cluster_name"));
    }

    [Fact]
    public async Task StartAsync_KilledPrimary_IsPrimaryAgainWithItsData()
    {
        await using var group = await StartAsync();
        await group.Primary.KillAsync();
        await group.Primary.StartAsync();
        await group.Primary.ExecuteAsync("insert into t values (2)");
        await group.WaitForReplicationAsync();
        foreach (var node in group.Nodes)
            Assert.Equal("1,2", await node.ExecuteAsync(Rows));
    }

    [Fact]
    public async Task FollowAsync_AnotherStandby_Cascades()
    {
        await using var group = await StartAsync();
        var (middle, leaf) = (group["eu-2"], group["us-1"]);
        await leaf.FollowAsync(middle);
        await group.Primary.ExecuteAsync("insert into t values (2)");
        await group.WaitForReplicationAsync();
        Assert.Equal("1,2", await leaf.ExecuteAsync(Rows));
        Assert.Equal("1", await group.Primary.ExecuteAsync("select count(*) from pg_stat_replication"));
    }

    [Fact]
    public async Task RestartAsync_Standby_StreamsAgain()
    {
        await using var group = await StartAsync();
        var pid = group["eu-2"].Server.ProcessId;
        await group["eu-2"].RestartAsync();
        Assert.NotEqual(pid, group["eu-2"].Server.ProcessId);
        await group.Primary.ExecuteAsync("insert into t values (2)");
        await group.WaitForReplicationAsync();
        Assert.Equal("1,2", await group["eu-2"].ExecuteAsync(Rows));
        Assert.Same(group["eu-1"], group.Primary);
    }

    private static Task<LocalPostgres> StartAsync() => LocalPostgres.StartAsync(builder => builder
        .Region("eu", 2).Region("us", 1).Sql("create table t (id int primary key); insert into t values (1)"));
}
