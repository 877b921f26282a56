using ClusterClient.Routing;
using ClusterClient.Testing;
using ClusterClient.Topology;

namespace ClusterClient.Npgsql.Tests.Failover;

public sealed class PrimaryLostTests
{
    [Fact]
    public async Task Open_PrimaryKilledAndStandbyPromoted_GoesToTheNewPrimary()
    {
        await using var s = await Scenario.StartAsync();
        Assert.Equal("eu-1", await s.WriteAsync(1));
        await s.Servers["eu-1"].KillAsync();

        await s.UntilAsync(t => t.Primary is null);
        var waiting = s.WriteAsync(2);
        await s.PromoteAsync("eu-2", "eu-3");

        Assert.Equal("eu-2", await waiting.WaitAsync(Scenario.Patience));
        Assert.Equal(2, s.Orders.Topology.Epoch);
    }

    [Fact]
    public async Task Open_SynchronousWhilePrimaryIsLost_GoesToTheNewPrimary()
    {
        await using var s = await Scenario.StartAsync();
        await s.Servers["eu-1"].KillAsync();
        await s.UntilAsync(t => t.Primary is null);
        var waiting = Task.Factory.StartNew(
            () =>
            {
                using var db = s.Orders.OpenConnection();
                using var insert = db.CreateCommand();
                insert.CommandText = "INSERT INTO t VALUES (1, 'x')";
                insert.ExecuteNonQuery();
                return db.NodeName;
            },
            CancellationToken.None,
            TaskCreationOptions.LongRunning,
            TaskScheduler.Default);
        await s.PromoteAsync("eu-2", "eu-3");

        Assert.Equal("eu-2", await waiting.WaitAsync(Scenario.Patience));
    }

    [Fact]
    public async Task Topology_AtTheMomentOfPromotion_HasTheNewEpoch()
    {
        await using var s = await Scenario.StartAsync();
        await s.Servers["eu-1"].KillAsync();
        await s.Servers["eu-2"].PromoteAsync();

        var topology = await s.UntilAsync(t => t.Primary?.Endpoint.Name == "eu-2");

        Assert.Equal(2, topology.Primary!.Epoch);
        // The trap that this avoids: the control file still has the old one.
        Assert.Equal("1", await s.Servers["eu-2"].ExecuteAsync("SELECT timeline_id FROM pg_control_checkpoint()"));
    }

    [Fact]
    public async Task Open_PrimaryRestartsInPlace_GoesBackToIt()
    {
        await using var s = await Scenario.StartAsync(eu: 2);
        await s.WriteAsync(1);
        await s.Servers["eu-1"].KillAsync();
        await s.UntilAsync("eu-1", NodeStatus.Unreachable);
        var waiting = s.WriteAsync(2);
        await s.Servers["eu-1"].StartAsync();

        Assert.Equal("eu-1", await waiting.WaitAsync(Scenario.Patience));
        Assert.Equal("1", await s.CountOnAsync("eu-1", 2));
    }

    [Fact]
    public async Task Open_PrimaryStopsAcceptingWrites_WaitsUntilItDoesAgain()
    {
        await using var s = await Scenario.StartAsync(eu: 2);
        await s.Servers["eu-1"].ConfigureAsync("default_transaction_read_only", "on");
        await s.UntilAsync(t => t.Primary is null);
        var waiting = s.Orders.OpenConnectionAsync().AsTask();
        Assert.False(waiting.IsCompleted);
        await s.Servers["eu-1"].ConfigureAsync("default_transaction_read_only", "off");

        await using var db = await waiting.WaitAsync(Scenario.Patience);
        Assert.Equal("eu-1", db.NodeName);
    }

    [Fact]
    public async Task Open_WholeRegionCutOffAndOtherPromoted_GoesThere()
    {
        await using var s = await Scenario.StartAsync(eu: 2, us: 2);
        await s.WriteAsync(1);
        await s.Servers.WaitForReplicationAsync();
        foreach (var node in s.Servers.Nodes.Where(n => n.Region == "eu"))
        {
            node.Proxy.Drop();
        }

        await s.UntilAsync(t => t.Primary is null);
        var waiting = s.WriteAsync(2);
        await s.PromoteAsync("us-1", "us-2");

        Assert.Equal("us-1", await waiting.WaitAsync(Scenario.Patience));
        Assert.StartsWith("us-", await s.ReadAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Open_SessionsEndedByAnOperator_GoesOnWithTheSamePrimary()
    {
        await using var s = await Scenario.StartAsync(eu: 2);
        await s.WriteAsync(1);
        var before = s.Orders.Topology.Epoch;
        await s.Servers["eu-1"].ExecuteAsync(
            "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE usename = 'app'");
        // The monitor's own session is among them: it breaks at once, and the pool is dropped with it.
        await s.UntilAsync(t => t.Nodes[0].Session > 1);
        await Eventually.TrueAsync(async () =>
        {
            try
            {
                return await s.WriteAsync(2) == "eu-1";
            }
            catch (global::Npgsql.NpgsqlException)
            {
                return false;
            }
        }, Scenario.Patience);

        Assert.Equal(before, s.Orders.Topology.Epoch);
        Assert.DoesNotContain(s.Events, e => e.Kind == TopologyEventKind.PrimaryLost);
    }

    [Fact]
    public async Task Read_WhilePrimaryIsLost_GoesOnAtOnce()
    {
        await using var s = await Scenario.StartAsync();
        await s.WriteAsync(1);
        await s.Servers["eu-1"].KillAsync();
        await s.UntilAsync(t => t.Primary is null);

        for (var i = 0; i < 20; i++)
        {
            Assert.Contains(await s.ReadAsync(), new[] { "eu-2", "eu-3" });
        }

        Assert.Null(s.Orders.Topology.Primary);
    }

    [Fact]
    public async Task Failover_RoleWithoutPrivileges_WorksToo()
    {
        await using var s = await Scenario.StartAsync(connectionString: "Username=plain;Database=app", configure: null, eu: 3, before: async servers =>
        {
            await servers["eu-1"].ExecuteAsync("CREATE ROLE plain LOGIN");
            await servers["eu-1"].ExecuteAsync("GRANT ALL ON t TO plain");
            await servers.WaitForReplicationAsync();
        });
        await s.WriteAsync(1);
        await s.Servers["eu-1"].KillAsync();
        await s.PromoteAsync("eu-2", "eu-3");
        await s.UntilAsync(t => t.Primary?.Endpoint.Name == "eu-2");
        Assert.Equal("eu-2", await s.WriteAsync(2));
        await s.Servers["eu-1"].RejoinAsync(s.Servers["eu-2"]);
        await s.UntilOnlineAsync();

        // One that has just come back gets a tenth of the reads at first, and those only when it looks quick.
        var readers = new HashSet<string>();
        await Eventually.TrueAsync(
            async () =>
            {
                readers.Add(await s.ReadAsync());
                return readers.Contains("eu-1");
            },
            Scenario.Patience);
        Assert.DoesNotContain("eu-2", readers);
    }
}
