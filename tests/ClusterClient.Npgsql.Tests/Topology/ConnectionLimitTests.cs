using ClusterClient.Npgsql.Tests.Failover;
using ClusterClient.Routing;
using Npgsql;

namespace ClusterClient.Npgsql.Tests.Topology;

public sealed class ConnectionLimitTests
{
    // 97 of them for roles that are no superusers; 91 % of these.
    private const int Many = 89;

    [Fact]
    public async Task Read_ReplicaNearItsConnectionLimit_IsAvoidedUntilThereIsRoom()
    {
        await using var s = await Scenario.StartAsync(b => b.Configure(o => o.MonitorInterval = TimeSpan.FromMilliseconds(50)));
        await s.UntilOnlineAsync();
        var node = s.Servers["eu-2"];
        await using (var others = NpgsqlDataSource.Create(
            $"{s.Servers.ConnectionString};Host={node.Host};Port={node.DirectPort};Minimum Pool Size=0;Maximum Pool Size={Many}"))
        {
            var held = await Task.WhenAll(Enumerable.Range(0, Many).Select(_ => others.OpenConnectionAsync().AsTask()));
            await Eventually.TrueAsync(() => s.Node("eu-2").Utilisation > 0.9f, Scenario.Patience);

            for (var i = 0; i < 20; i++)
            {
                var read = await s.ReadAsync();
                Assert.True(read == "eu-3", $"{read}: {s.Orders.Explain(RouteIntent.Read)}");
            }

            Assert.Matches(@"eu-2 .*near its connection limit: \d\d of 97 in use", s.Orders.Explain(RouteIntent.Read));
            Assert.Matches("eu-3 .*chosen", s.Orders.Explain(RouteIntent.Read));
            foreach (var connection in held)
            {
                await connection.DisposeAsync();
            }
        }

        await Eventually.TrueAsync(async () => await s.ReadAsync() == "eu-2", Scenario.Patience);
    }
}
