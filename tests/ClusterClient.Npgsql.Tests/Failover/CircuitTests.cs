using ClusterClient.Data;
using ClusterClient.Resilience;
using ClusterClient.Routing;
using ClusterClient.Testing;
using ClusterClient.Topology;
using Npgsql;

namespace ClusterClient.Npgsql.Tests.Failover;

/// <summary>A node that fails its calls while it answers the monitor: its disk is full, as far as the application's statements can see.</summary>
public sealed class CircuitTests
{
    [Fact]
    public async Task Read_ReplicaFailsItsCallsButNotItsLooks_IsLeftAloneButForTrialsUntilItIsWell()
    {
        await using var s = await Scenario.StartAsync(Configure, before: FailOnDemandAsync);
        await s.UntilOnlineAsync();
        await FillDiskAsync(s, "eu-2");
        var (failures, served) = (0, 0);
        await Eventually.TrueAsync(
            async () =>
            {
                if (await ReadAsync(s) == "eu-3")
                {
                    served++;
                }
                else
                {
                    failures++;
                }

                return served >= 200 && Told(s, TopologyEventKind.CircuitHalfOpened) > 0;
            },
            Scenario.Patience);
        await s.Servers["eu-1"].ExecuteAsync("DELETE FROM full_disk");
        await s.UntilEventAsync(TopologyEventKind.CircuitOpened, "eu-2");
        await Eventually.TrueAsync(
            async () =>
            {
                var node = await ReadAsync(s);
                failures += node is null ? 1 : 0;
                return node == "eu-2" && Told(s, TopologyEventKind.CircuitClosed) > 0;
            },
            Scenario.Patience);

        // Five that opened it, and one for each trial that failed.
        Assert.Equal(4 + Told(s, TopologyEventKind.CircuitOpened), failures);
        Assert.Contains(s.Events, e => e.Kind == TopologyEventKind.CircuitOpened && e.Message.EndsWith(": 5 faults in a row", StringComparison.Ordinal));
        Assert.DoesNotContain(s.Events, e => e.Kind == TopologyEventKind.NodeLost);
    }

    [Fact]
    public async Task Write_PrimaryFailsItsCalls_WaitsForATrialThatSucceeds()
    {
        await using var s = await Scenario.StartAsync(Configure, eu: 2, before: FailOnDemandAsync);
        await s.UntilOnlineAsync();
        await FillDiskAsync(s, "eu-1");
        for (var i = 0; i < 5; i++)
        {
            Assert.Null(await CallAsync(await s.Orders.OpenConnectionAsync()));
        }

        await s.UntilEventAsync(TopologyEventKind.CircuitOpened, "eu-1");
        Assert.Matches("eu-1 .*circuit (half-)?open", s.Orders.Explain(RouteIntent.Write));
        await s.Servers["eu-1"].ExecuteAsync("DELETE FROM full_disk");
        var writes = await Task.WhenAll(Enumerable.Range(0, 20).Select(async _ => await CallAsync(await s.Orders.OpenConnectionAsync())));
        Assert.All(writes, node => Assert.Equal("eu-1", node));
        await s.UntilEventAsync(TopologyEventKind.CircuitClosed, "eu-1");
    }

    private static void Configure(ClusterDataSourceBuilder builder) => builder.Configure(o =>
    {
        (o.Policy, o.EjectOutliers) = (RoutingPolicyNames.RoundRobin, false);
        o.Retry = RetryPolicy.None;
        o.Circuit = new() { BreakDuration = TimeSpan.FromMilliseconds(300), MaxBreakDuration = TimeSpan.FromSeconds(1) };
    });

    private static async Task FailOnDemandAsync(LocalPostgres servers)
    {
        await servers["eu-1"].ExecuteAsync("CREATE TABLE full_disk (port text)");
        await servers["eu-1"].ExecuteAsync("GRANT SELECT ON full_disk TO PUBLIC");
        await servers["eu-1"].ExecuteAsync(
            """
            CREATE FUNCTION sort_much() RETURNS int LANGUAGE plpgsql AS $$
            BEGIN
                IF EXISTS (SELECT FROM full_disk WHERE port = current_setting('port')) THEN
                    RAISE EXCEPTION 'could not write to a temporary file' USING ERRCODE = 'disk_full';
                END IF;
                RETURN 1;
            END $$
            """);
    }

    private static async Task FillDiskAsync(Scenario s, string node)
    {
        var port = await s.Servers[node].ExecuteAsync("SELECT current_setting('port')");
        await s.Servers["eu-1"].ExecuteAsync($"INSERT INTO full_disk VALUES ('{port}')");
        await s.Servers.WaitForReplicationAsync();
    }

    private static int Told(Scenario s, TopologyEventKind kind) => s.Events.Count(e => e.Kind == kind);

    private static async Task<string?> ReadAsync(Scenario s) => await CallAsync(await s.Orders.Reads.OpenConnectionAsync());

    // The node that answered; null when it failed.
    private static async Task<string?> CallAsync(ClusterConnection connection)
    {
        await using var db = connection;
        await using var command = db.CreateCommand();
        command.CommandText = "SELECT sort_much()";
        try
        {
            await command.ExecuteScalarAsync();
            return db.NodeName;
        }
        catch (PostgresException e) when (e.SqlState == PostgresErrorCodes.DiskFull)
        {
            return null;
        }
    }
}
