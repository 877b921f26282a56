using System.Data;
using System.Data.Common;
using ClusterClient.Data;
using ClusterClient.Resilience;
using Dapper;
using Npgsql;
using NpgsqlTypes;

namespace ClusterClient.Npgsql.Tests.Failover;

/// <summary>A replica stops in the moment before a read reaches it, and the other one is asked.</summary>
public sealed class HedgedReadTests
{
    private const string Everything = "SELECT inet_server_port(), $1 + 1, $2 || '!', $3, $4 ->> 'a', $5 FROM pg_sleep(0)";

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Reader_ReplicaFrozen_IsTheOthersWithEveryParameter(bool batch)
    {
        await using var s = await WarmAsync();
        await using var db = await s.Orders.Reads.OpenConnectionAsync();
        var changes = new List<ConnectionState>();
        db.StateChange += (_, e) => changes.Add(e.CurrentState);
        var frozen = db.NodeName!;
        await using var command = db.CreateCommand();
        await using var several = db.CreateBatch();
        several.BatchCommands.Add(several.CreateBatchCommand());
        several.BatchCommands[0].CommandText = command.CommandText = Everything;
        (batch ? several.BatchCommands[0].Parameters : command.Parameters).AddRange(Parameters());

        s.Servers[frozen].Hang();
        await using (var reader = await Soon(batch
            ? several.ExecuteReaderAsync(CommandBehavior.CloseConnection) : command.ExecuteReaderAsync(CommandBehavior.CloseConnection)))
        {
            Assert.NotEqual(frozen, db.NodeName);
            Assert.Equal(ConnectionState.Open, db.State);
            await CheckAsync(reader, s, db.NodeName!);
        }

        Assert.Equal(ConnectionState.Closed, db.State);
        Assert.Equal([ConnectionState.Closed], changes);

        // Both are free again while the one that was lost runs yet.
        await db.OpenAsync();
        await using (var reader = await Soon(batch ? several.ExecuteReaderAsync() : command.ExecuteReaderAsync()))
        {
            await CheckAsync(reader, s, db.NodeName!);
        }

        s.Servers[frozen].Resume();
        await db.CloseAsync();
        await AllWellAsync(s);
    }

    [Fact]
    public async Task Reader_ReplicaFrozenForLong_IsTheOthersAndNothingIsLeft()
    {
        await using var s = await WarmAsync();
        await using var db = await s.Orders.Reads.OpenConnectionAsync();
        var frozen = db.NodeName!;
        await using var command = db.CreateCommand();
        command.CommandText = "SELECT generate_series(1, 100000)";
        s.Servers[frozen].Hang();
        await using (var reader = await Soon(command.ExecuteReaderAsync()))
        {
            var rows = 0;
            while (await Soon(reader.ReadAsync()))
            {
                rows++;
            }

            Assert.Equal(100_000, rows);
        }

        await s.UntilAsync(t => t.Nodes.Single(n => n.Endpoint.Name == frozen).Status != ClusterClient.Topology.NodeStatus.Online);
        s.Servers[frozen].Resume();
        await s.UntilOnlineAsync();
        await AllWellAsync(s);
    }

    [Fact]
    public async Task Dapper_ReplicaFrozen_HasItsAnswer()
    {
        await using var s = await WarmAsync();
        await using var db = await s.Orders.Reads.OpenConnectionAsync();
        var frozen = db.NodeName!;
        s.Servers[frozen].Hang();
        var found = await Soon(db.QueryAsync<int>(
            "SELECT i FROM generate_series(1, 100) AS i WHERE i = ANY(@ids) AND @note = 'x'", new { ids = new[] { 3, 4 }, note = "x" }));
        Assert.Equal([3, 4], found);
        Assert.NotEqual(frozen, db.NodeName);
        s.Servers[frozen].Resume();
        await AllWellAsync(s);
    }

    [Fact]
    public async Task Cancel_BothAsked_EndsTheCall()
    {
        await using var s = await WarmAsync();
        await using var db = await s.Orders.Reads.OpenConnectionAsync();
        await using var sleep = db.CreateCommand();
        sleep.CommandText = "SELECT pg_sleep(600)";
        var running = sleep.ExecuteNonQueryAsync();
        await s.UntilRunningAsync("eu-2", "pg_sleep");
        await s.UntilRunningAsync("eu-3", "pg_sleep");
        await Task.Run(sleep.Cancel);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Soon(running));

        // The other one is cancelled as well, though nobody waits for it.
        foreach (var node in new[] { "eu-2", "eu-3" })
        {
            await Eventually.TrueAsync(
                async () => await s.Servers[node].ExecuteAsync(
                    "SELECT count(*) FROM pg_stat_activity WHERE usename = 'app' AND state = 'active' AND query LIKE '%pg_sleep(600)%'") == "0",
                Scenario.Patience);
        }
    }

    private static NpgsqlParameter[] Parameters() =>
    [
        new NpgsqlParameter<int> { TypedValue = 41 },
        new() { Value = "text" },
        new() { Value = new[] { 1, 2, 3 } },
        new() { Value = "{\"a\": \"b\"}", NpgsqlDbType = NpgsqlDbType.Jsonb },
        new() { Value = DBNull.Value, NpgsqlDbType = NpgsqlDbType.Uuid },
    ];

    private static async Task CheckAsync(DbDataReader reader, Scenario s, string node)
    {
        Assert.True(await Soon(reader.ReadAsync()));
        Assert.Equal(s.Servers[node].DirectPort, reader.GetInt32(0));
        Assert.Equal((42, "text!", "b"), (reader.GetInt32(1), reader.GetString(2), reader.GetString(4)));
        Assert.Equal([1, 2, 3], reader.GetFieldValue<int[]>(3));
        Assert.True(await reader.IsDBNullAsync(5));
        Assert.False(await Soon(reader.ReadAsync()));
    }

    // Reads go on at both replicas, on connections that are what they seem.
    private static async Task AllWellAsync(Scenario s)
    {
        var seen = new HashSet<string>();
        await Eventually.TrueAsync(
            async () =>
            {
                seen.Add(await Soon(s.ReadAsync()));
                return seen.Count == 2;
            },
            Scenario.Patience);
    }

    private static async Task<Scenario> WarmAsync()
    {
        var s = await Scenario.StartAsync(b => b.Configure(
            o => (o.Hedging, o.Policy) = (HedgingPolicy.Default, ClusterClient.Routing.RoutingPolicyNames.RoundRobin)));
        await s.UntilOnlineAsync();
        for (var i = 0; i < 120; i++)
        {
            await s.ReadAsync();
        }

        return s;
    }

    private static Task<T> Soon<T>(Task<T> task) => task.WaitAsync(Scenario.Patience);
}
