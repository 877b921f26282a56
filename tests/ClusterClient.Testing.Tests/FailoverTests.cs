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

    private static Task<LocalPostgres> StartAsync() => LocalPostgres.StartAsync(builder => builder
        .Region("eu", 2).Region("us", 1).Sql("create table t (id int primary key); insert into t values (1)"));
}
