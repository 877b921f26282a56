using System.Data.Common;
using ClusterClient.Data;
using ClusterClient.Resilience;
using Npgsql;

namespace ClusterClient.Npgsql.Tests.Failover;

/// <summary>More callers than a real server is given at a time.</summary>
public sealed class OverloadTests
{
    private const int Limit = 3;

    private static readonly ConcurrencyLimits Few = new() { Floor = Limit, Initial = Limit, Ceiling = Limit, MaxQueueTime = TimeSpan.FromSeconds(15) };

    [Fact]
    public async Task OpenAsync_ManyMoreThanTheLimit_AreServedAFewAtATime()
    {
        await using var scenario = await Scenario.StartAsync(b => b.Configure(o => o.Limits = Few), eu: 1);
        var atATime = await Task.WhenAll(Enumerable.Range(0, 60).Select(i => Task.Run(() => CallAsync(scenario, $"caller {i % 4}"))));
        // A connection's first command takes the place over from its opening; in between it may be somebody else's for a moment.
        Assert.InRange(atATime.Max(), 1, Limit + 2);
        Assert.DoesNotContain('+', scenario.Orders.Writes.Explain());
        var node = Assert.Single(scenario.Orders.Writes.Assess());
        Assert.Equal((0, Limit, 0), (node.InFlight, node.Limit, node.Queued));
    }

    [Fact]
    public async Task Open_ServerIsBusyAndTheLineIsFull_IsRefusedAtOnceAndServedLater()
    {
        await using var scenario = await Scenario.StartAsync(b => b.Configure(o => o.Limits = Few with { MaxQueued = 1 }), eu: 1);
        await using var holder = new NpgsqlConnection(
            $"{scenario.Servers.ConnectionString};Host={scenario.Servers.Primary.Host};Port={scenario.Servers.Primary.DirectPort};Pooling=false");
        await holder.OpenAsync();
        await ExecuteAsync(holder, "SELECT pg_advisory_lock(1)");
        // They are busy until they are let go, however long it takes to get there.
        Task[] busy = [.. Enumerable.Range(0, Limit).Select(_ => Task.Run(() => CallAsync(scenario)))];
        await Eventually.TrueAsync(() => scenario.Orders.Writes.Assess().Single().InFlight == Limit, Scenario.Patience);
        var waiting = Task.Run(() => CallAsync(scenario));
        await Eventually.TrueAsync(() => scenario.Orders.Writes.Assess().Single().Queued == 1, Scenario.Patience);

        var refusal = Assert.Throws<ClusterOverloadedException>(() => scenario.Orders.OpenConnection().Dispose());
        Assert.Equal(("eu-1", Limit, 1), (refusal.Node.Endpoint.Name, refusal.Limit, refusal.Queued));
        Assert.Contains("Try again in", refusal.Message, StringComparison.Ordinal);
        Assert.DoesNotContain(busy, b => b.IsCompleted);
        await holder.CloseAsync();
        await Task.WhenAll([.. busy, waiting]).WaitAsync(Scenario.Patience);
    }

    /// <summary>How many calls like this one the server saw while it worked at this one, this one included.</summary>
    private static async Task<long> CallAsync(Scenario scenario, string caller)
    {
        await using var db = await scenario.Orders.Writes.ForCaller(caller).OpenConnectionAsync();
        await using var command = db.CreateCommand();
        command.CommandText = "SELECT count(*) FROM pg_stat_activity, (SELECT pg_sleep(0.01)) AS work WHERE state = 'active' AND query LIKE '%AS work%'";
        return (long)(await command.ExecuteScalarAsync())!;
    }

    private static async Task CallAsync(Scenario scenario)
    {
        await using var db = await scenario.Orders.OpenConnectionAsync();
        await ExecuteAsync(db, "SELECT pg_advisory_xact_lock(1)");
    }

    private static async Task ExecuteAsync(DbConnection db, string text)
    {
        await using var command = db.CreateCommand();
        command.CommandText = text;
        await command.ExecuteNonQueryAsync();
    }
}
