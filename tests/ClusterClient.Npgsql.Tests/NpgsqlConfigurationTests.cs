using ClusterClient.Npgsql.Tests.Failover;
using ClusterClient.Testing;
using Npgsql;

namespace ClusterClient.Npgsql.Tests;

public sealed class NpgsqlConfigurationTests
{
    private enum Mood
    {
        Happy,
        Sad,
    }

    [Theory]
    [InlineData("Host=db;Username=app", "names a Host")]
    [InlineData("Username=app;Multiplexing=true", "Multiplexing")]
    [InlineData("Username=app;Nonsense=1", "Npgsql does not accept the connection string")]
    public void Build_ConnectionStringThatCannotWork_SaysWhatToChange(string connectionString, string complaint)
    {
        var builder = new ClusterDataSourceBuilder("orders").UseNpgsql(connectionString).AddNode("db", "eu");

        var error = Assert.Throws<InvalidOperationException>(builder.Build);

        Assert.Contains(complaint, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ConnectionString_Always_NamesTheNodesButNoPassword()
    {
        await using var orders = new ClusterDataSourceBuilder("orders")
            .UseNpgsql("Username=app;Password=secret;Database=shop;Timeout=7")
            .AddNode("eu-1.db", "eu").AddNode("us-1.db:5433", "us").Build();

        var shown = new NpgsqlConnectionStringBuilder(orders.ConnectionString);
        Assert.Equal("eu-1.db:5432,us-1.db:5433", shown.Host);
        Assert.Null(shown.Password);
        await using var db = orders.CreateConnection();
        Assert.Equal(("shop", "orders", 7), (db.Database, db.DataSource, db.ConnectionTimeout));
    }

    [Theory]
    [InlineData("Username=app", 100)]
    [InlineData("Username=app;Maximum Pool Size=7", 7)]
    [InlineData("Username=app;Maximum Pool Size=7;Pooling=false", 0)]
    public async Task PoolLimit_Always_IsThatOfTheConnectionString(string connectionString, int expected)
    {
        await using var node = new NpgsqlNode(new("db", 5432, "eu"), connectionString, configure: null);
        Assert.Equal(expected, node.PoolLimit);
    }

    [Theory]
    [InlineData("db", "Username=app", true, 10, 5)]
    [InlineData("db", "Username=app;TCP Keepalive=false", false, 0, 0)]
    [InlineData("db", "Username=app;TCP Keepalive Time=60", false, 60, 0)]
    [InlineData("/run/postgresql", "Username=app", false, 0, 0)]
    public async Task KeepAlive_NotSetByTheApplication_IsOnForTcp(string host, string connectionString, bool on, int time, int interval)
    {
        await using var node = new NpgsqlNode(new(host, 5432, "eu"), connectionString, configure: null);
        var settings = new NpgsqlConnectionStringBuilder(node.DataSource.ConnectionString);
        Assert.Equal((on, time, interval), (settings.TcpKeepAlive, settings.TcpKeepAliveTime, settings.TcpKeepAliveInterval));
    }

    [Fact]
    public async Task WillConnect_AsThePoolFills_TellsAnIdleConnectionFromANewOne()
    {
        await using var servers = await LocalPostgres.StartAsync(g => g.Region("eu", 1));
        await using var node = new NpgsqlNode(
            new(servers.Nodes[0].Host, servers.Nodes[0].Port, "eu"), servers.ConnectionString + ";Maximum Pool Size=2", configure: null);
        Assert.Equal((true, false), (node.WillConnect, node.HasIdle));

        await using (await node.DataSource.OpenConnectionAsync())
        {
            Assert.Equal((true, false), (node.WillConnect, node.HasIdle));
            await using (await node.DataSource.OpenConnectionAsync())
            {
                Assert.Equal((false, false), (node.WillConnect, node.HasIdle));
            }

            Assert.Equal((false, true), (node.WillConnect, node.HasIdle));
            node.ClearPool();
            Assert.Equal((true, false), (node.WillConnect, node.HasIdle));
        }
    }

    [Fact]
    public async Task WillConnect_WithoutAPool_IsAlwaysTrue()
    {
        await using var node = new NpgsqlNode(new("db", 5432, "eu"), "Username=app;Pooling=false", configure: null);
        Assert.Equal((true, false), (node.WillConnect, node.HasIdle));
    }

    [Fact]
    public async Task UseNpgsql_ConfiguredInCode_ReachesEveryNode()
    {
        await using var s = await Scenario.StartAsync(
            b => b.UseNpgsql(n =>
            {
                n.ConnectionStringBuilder.Username = "app";
                n.ConnectionStringBuilder.Database = "app";
                n.MapEnum<Mood>("mood");
            }),
            eu: 2,
            before: async servers =>
            {
                await servers["eu-1"].ExecuteAsync("CREATE TYPE mood AS ENUM ('happy', 'sad')");
                await servers.WaitForReplicationAsync();
            });

        await s.UntilOnlineAsync();
        foreach (var connection in new[] { s.Orders.CreateConnection(), s.Orders.Reads.CreateConnection() })
        {
            await using var db = connection;
            await db.OpenAsync();
            await using var select = db.CreateCommand();
            select.CommandText = "SELECT 'sad'::mood";
            Assert.Equal(Mood.Sad, await ScalarAsync<Mood>(select));
        }

        static async Task<T> ScalarAsync<T>(ClusterClient.Data.ClusterCommand select)
        {
            await using var reader = await select.ExecuteReaderAsync();
            await reader.ReadAsync();
            return reader.GetFieldValue<T>(0);
        }
    }
}
