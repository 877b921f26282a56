using ClusterClient.Data;
using ClusterClient.Routing;
using ClusterClient.Testing;
using ClusterClient.Topology;

namespace ClusterClient.Npgsql.Tests.Failover;

/// <summary>Writes go to the primary of the newest epoch and nowhere else; two in one epoch are not chosen between.</summary>
public sealed class CoherenceTests
{
    [Fact]
    public async Task Command_OnConnectionToAnOldPrimary_IsNotSent()
    {
        await using var s = await Scenario.StartAsync(eu: 2);
        await using var old = await s.Orders.OpenConnectionAsync();
        Assert.Equal("eu-1", old.NodeName);
        await using var unused = await s.Orders.OpenConnectionAsync();
        await Scenario.InsertAsync(old, 0);

        // The old primary is alive and would take the write: a standby was promoted beside it.
        await s.PromoteAsync("eu-2");
        await s.UntilAsync("eu-1", NodeStatus.Fenced);

        await Assert.ThrowsAnyAsync<System.Data.Common.DbException>(() => Scenario.InsertAsync(old, 1));
        Assert.Equal("0", await s.CountOnAsync("eu-1", 1));
        Assert.Equal("eu-2", await s.WriteAsync(2));

        // Nothing is lost of a session that was never used: its first command goes to the new primary.
        await Scenario.InsertAsync(unused, 3);
        Assert.Equal("eu-2", unused.NodeName);
        Assert.Equal("0", await s.CountOnAsync("eu-1", 3));
    }

    [Fact]
    public async Task Commit_OnAnOldPrimary_IsNotSent()
    {
        await using var s = await Scenario.StartAsync(eu: 2);
        await using var old = await s.Orders.OpenConnectionAsync();
        await using var transaction = await old.BeginTransactionAsync();
        await Scenario.InsertAsync(old, 1);

        await s.PromoteAsync("eu-2");
        await s.UntilAsync("eu-1", NodeStatus.Fenced);

        await Assert.ThrowsAsync<NodeFencedException>(() => transaction.CommitAsync());
        Assert.Throws<NodeFencedException>(transaction.Commit);
        Assert.Equal("0", await s.CountOnAsync("eu-1", 1));
    }

    [Fact]
    public async Task Fence_OldPrimary_LosesEveryConnectionOfOurs()
    {
        await using var s = await Scenario.StartAsync(eu: 2);
        await using var busy = await s.Orders.OpenConnectionAsync();
        await s.WriteAsync(1);
        const string Ours = "SELECT count(*) FROM pg_stat_activity WHERE usename = 'app' AND application_name <> 'ClusterClient monitor'";
        Assert.NotEqual("0", await s.Servers["eu-1"].ExecuteAsync(Ours));

        await s.PromoteAsync("eu-2");

        await Eventually.TrueAsync(async () => await s.Servers["eu-1"].ExecuteAsync(Ours) == "0", Scenario.Patience);
        await s.UntilEventAsync(TopologyEventKind.NodeFenced, "eu-1");
    }

    [Fact]
    public async Task Fence_OldPrimaryRejoinsAsReplica_IsReadFromAgain()
    {
        await using var s = await Scenario.StartAsync(eu: 2);
        await s.PromoteAsync("eu-2");
        await s.UntilAsync("eu-1", NodeStatus.Fenced);
        Assert.Equal("eu-2", await s.ReadAsync());

        await s.Servers["eu-1"].RejoinAsync(s.Servers["eu-2"]);
        await s.UntilOnlineAsync();

        Assert.Equal("eu-1", await s.ReadAsync());
        Assert.Equal("eu-2", await s.WriteAsync(1));
    }

    [Fact]
    public async Task Open_OldPrimaryResumesAfterAFailover_NeverWritesToIt()
    {
        await using var s = await Scenario.StartAsync();
        await s.WriteAsync(1);
        s.Servers["eu-1"].Hang();
        await s.UntilAsync("eu-1", NodeStatus.Silent);
        await s.PromoteAsync("eu-2", "eu-3");
        await s.UntilAsync(t => t.Primary?.Endpoint.Name == "eu-2");
        s.Servers["eu-1"].Resume();

        for (var i = 0; i < 50; i++)
        {
            Assert.Equal("eu-2", await s.WriteAsync(100 + i));
        }

        await s.UntilAsync("eu-1", NodeStatus.Fenced);
    }

    [Fact]
    public async Task Open_TwoPrimariesInOneEpoch_IsRefusedAtOnceWithBothNames()
    {
        await using var s = await Scenario.StartAsync(eu: 3, us: 1);
        await s.Servers["eu-1"].KillAsync();
        await s.PromoteAsync("eu-2");
        await s.Servers["eu-3"].PromoteAsync();
        await s.UntilAsync(t => t.IsContested);

        var refusal = await Assert.ThrowsAsync<ClusterUnavailableException>(
            () => s.Orders.OpenConnectionAsync().AsTask().WaitAsync(Scenario.Patience));
        Assert.Contains("contested by eu-2 and eu-3", refusal.Message, StringComparison.Ordinal);
        Assert.Throws<ClusterUnavailableException>(s.Orders.OpenConnection);
        Assert.Equal("us-1", await s.ReadAsync());
        await s.UntilEventAsync(TopologyEventKind.PrimaryContested);

        await s.Servers["eu-3"].KillAsync();
        await s.UntilAsync(t => t.Primary?.Endpoint.Name == "eu-2");
        Assert.Equal("eu-2", await s.WriteAsync(1));
    }

    [Fact]
    public async Task Open_ContestedPrimaryHangs_StaysRefused()
    {
        await using var s = await Scenario.StartAsync();
        await s.Servers["eu-1"].KillAsync();
        await s.PromoteAsync("eu-2");
        await s.Servers["eu-3"].PromoteAsync();
        await s.UntilAsync(t => t.IsContested);
        s.Servers["eu-3"].Hang();
        await Eventually.TrueAsync(
            () => s.Node("eu-3").Reason?.Contains("silent now", StringComparison.Ordinal) == true, Scenario.Patience);

        await Assert.ThrowsAsync<ClusterUnavailableException>(() => s.Orders.OpenConnectionAsync().AsTask());
    }

    [Fact]
    public async Task Topology_NodeOfAnotherSystem_IsRejectedAndNeverUsed()
    {
        await using var stranger = await LocalPostgres.StartAsync(g => g.Region("us", 1).NewSystemIdentifier());
        await using var s = await Scenario.StartAsync(b => b.AddNode(stranger["us-1"].Endpoint, "us", name: "stranger"), eu: 2);

        await s.UntilAsync("stranger", NodeStatus.Foreign);
        await s.UntilEventAsync(TopologyEventKind.NodeRejected, "stranger");
        Assert.Equal("eu-1", await s.WriteAsync(1));
        Assert.Contains("stranger", s.Orders.Explain(RouteIntent.Write), StringComparison.Ordinal);
        Assert.Contains("foreign: belongs to system", s.Orders.Explain(RouteIntent.Write), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Topology_ReplicaBeyondTheFork_IsNotReadFrom()
    {
        await using var s = await Scenario.StartAsync();
        // eu-3 gets what eu-2 never does, and eu-2 is promoted: a failover that loses writes.
        await s.Servers["eu-2"].ConfigureAsync("primary_conninfo", "");
        await Eventually.TrueAsync(
            async () => await s.Servers["eu-2"].ExecuteAsync("SELECT count(*) FROM pg_stat_wal_receiver") == "0", Scenario.Patience);
        await s.WriteAsync(1);
        await Eventually.TrueAsync(async () => await s.CountOnAsync("eu-3", 1) == "1", Scenario.Patience);
        await Eventually.TrueAsync(() => s.Node("eu-3").Position > s.Node("eu-2").Position, Scenario.Patience);
        await s.Servers["eu-1"].KillAsync();
        await s.PromoteAsync("eu-2");

        await s.UntilAsync("eu-3", NodeStatus.Diverged);
        Assert.Equal("eu-2", await s.ReadAsync());
        await s.UntilEventAsync(TopologyEventKind.NodeDiverged, "eu-3");
    }
}
