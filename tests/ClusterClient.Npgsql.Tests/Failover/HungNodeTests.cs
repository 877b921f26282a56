using ClusterClient.Testing;
using ClusterClient.Topology;
using Npgsql;

namespace ClusterClient.Npgsql.Tests.Failover;

/// <summary>A server that is stopped, or that the network cut off without a word.</summary>
public sealed class HungNodeTests
{
    [Theory]
    [InlineData(true, true)]
    [InlineData(true, false)]
    [InlineData(false, true)]
    [InlineData(false, false)]
    public async Task Command_ServerHangs_IsReleased(bool async, bool stopped)
    {
        await using var s = await Scenario.StartAsync(eu: 2);
        await using var db = await s.Orders.OpenConnectionAsync();
        await using var sleep = db.CreateCommand();
        sleep.CommandText = "SELECT pg_sleep(600)";
        var running = async
            ? sleep.ExecuteNonQueryAsync()
            : Task.Factory.StartNew(sleep.ExecuteNonQuery, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        await s.UntilRunningAsync("eu-1", "pg_sleep");
        Fail(s.Servers["eu-1"], stopped);

        await Assert.ThrowsAsync<NpgsqlException>(() => running.WaitAsync(TimeSpan.FromSeconds(10)));
        await s.UntilEventAsync(TopologyEventKind.PrimaryLost);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Reader_ServerHangsInMidStream_IsReleased(bool async)
    {
        await using var s = await Scenario.StartAsync(eu: 2);
        await using var db = await s.Orders.Reads.OpenConnectionAsync();
        await using var select = db.CreateCommand();
        select.CommandText = "SELECT generate_series(1, 100000000), repeat('x', 1000)";
        await using var reader = async ? await select.ExecuteReaderAsync() : select.ExecuteReader();
        Assert.True(async ? await reader.ReadAsync() : reader.Read());
        s.Servers[db.NodeName!].Hang();

        var draining = Task.Factory.StartNew(
            async () =>
            {
                while (async ? await reader.ReadAsync() : reader.Read())
                {
                }
            },
            CancellationToken.None,
            TaskCreationOptions.LongRunning,
            TaskScheduler.Default).Unwrap();

        await Assert.ThrowsAnyAsync<Exception>(() => draining.WaitAsync(TimeSpan.FromSeconds(10)));
        Assert.IsNotType<TimeoutException>(draining.Exception?.InnerException);
        Assert.True(draining.IsFaulted);
    }

    [Fact]
    public async Task Read_OneReplicaHangs_GoesOnWithTheOther()
    {
        await using var s = await Scenario.StartAsync();
        s.Servers["eu-2"].Hang();
        await s.UntilAsync("eu-2", NodeStatus.Silent);

        for (var i = 0; i < 20; i++)
        {
            Assert.Equal("eu-3", await s.ReadAsync());
        }

        s.Servers["eu-2"].Resume();
        await s.UntilOnlineAsync();
        // It gets a tenth of the reads at first.
        await Eventually.TrueAsync(async () => await s.ReadAsync() == "eu-2", Scenario.Patience);
    }

    [Fact]
    public async Task Open_InProgressWhenTheNodeHangs_GoesToAnother()
    {
        await using var s = await Scenario.StartAsync();
        foreach (var replica in new[] { "eu-2", "eu-3" })
        {
            s.Servers[replica].Proxy.Drop();
        }

        // Both replicas look well still; the opens hang in them, until their silence is noticed.
        var reads = Enumerable.Range(0, 4).Select(_ => s.ReadAsync()).ToArray();

        Assert.All(await Task.WhenAll(reads).WaitAsync(Scenario.Patience), node => Assert.Equal("eu-1", node));
    }

    private static void Fail(PostgresNode node, bool stopped)
    {
        if (stopped)
        {
            node.Hang();
        }
        else
        {
            node.Proxy.Drop();
        }
    }
}
