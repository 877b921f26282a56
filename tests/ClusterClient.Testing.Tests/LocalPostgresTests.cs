using System.Diagnostics;

namespace ClusterClient.Testing.Tests;

public sealed class LocalPostgresTests(TwoRegions regions) : IClassFixture<TwoRegions>
{
    private readonly LocalPostgres _group = regions.Group;

    [Fact]
    public async Task StartAsync_TwoRegions_AllFollowTheFirstNode()
    {
        Assert.Equal(["eu-1", "eu-2", "eu-3", "us-1", "us-2"], _group.Nodes.Select(node => node.Name));
        Assert.Equal(["eu", "eu", "eu", "us", "us"], _group.Nodes.Select(node => node.Region));
        Assert.Same(_group["eu-1"], _group.Primary);
        Assert.Equal("f", await _group.Primary.ExecuteAsync("select pg_is_in_recovery()"));
        foreach (var standby in _group.Nodes.Skip(1))
        {
            Assert.Equal("t", await standby.ExecuteAsync("select pg_is_in_recovery()"));
            Assert.Equal(
                $"{_group.Primary.DirectPort}", await standby.ExecuteAsync("select sender_port from pg_stat_wal_receiver"));
            Assert.Equal(standby.Name, await standby.ExecuteAsync("show cluster_name"));
        }

        Assert.Equal(
            "eu-2,eu-3,us-1,us-2",
            await _group.Primary.ExecuteAsync(
                "select string_agg(application_name, ',' order by application_name) from pg_stat_replication where state = 'streaming'"));
    }
}
