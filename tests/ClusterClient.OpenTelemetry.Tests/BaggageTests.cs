using System.Diagnostics;
using ClusterClient.Resilience;
using ClusterClient.Testing;
using OpenTelemetry;
using OpenTelemetry.Context.Propagation;

namespace ClusterClient.OpenTelemetry.Tests;

/// <summary>A call deep in a chain of services is served for the user at its head.</summary>
public sealed class BaggageTests
{
    private static readonly BaggagePropagator Propagator = new();

    [Fact]
    public void Set_Read_SurvivesTheWayToTheNextService()
    {
        var headers = Sent(() => ClusterBaggage.Set("eu west", CallPriority.Batch, "tenant 7, \"é\""));
        Received(headers, () =>
        {
            var caller = ClusterBaggage.Read()!;
            Assert.Equal(("eu west", CallPriority.Batch, "tenant 7, \"é\""), (caller.Region, caller.Priority, caller.Key));
        });
        Assert.Null(ClusterBaggage.Read());
    }

    [Fact]
    public void Set_PartOfIt_LeavesTheRest() => Alone(() =>
    {
        ClusterBaggage.Set(region: "eu", key: "a");
        ClusterBaggage.Set(key: "b", priority: CallPriority.Interactive);
        var caller = ClusterBaggage.Read()!;
        Assert.Equal(("eu", CallPriority.Interactive, "b"), (caller.Region, caller.Priority, caller.Key));
    });

    [Theory]
    [InlineData("", null, null)]
    [InlineData(null, (CallPriority)7, null)]
    [InlineData(null, null, " ")]
    public void Set_CannotBeUsed_Throws(string? region, CallPriority? priority, string? key) =>
        Assert.Throws<ArgumentException>(() => ClusterBaggage.Set(region, priority, key));

    [Theory]
    [InlineData("clusterclient.priority=urgent")]
    [InlineData("clusterclient.priority=1")]
    [InlineData("clusterclient.key=%20")]
    [InlineData("clusterclient.region=")]
    [InlineData("clusterclient.key")]
    public void Read_CannotBeUsed_IsLeftOut(string header) => Received(new() { ["baggage"] = header }, () => Assert.Null(ClusterBaggage.Read()));

    [Fact]
    public void Read_TooLong_IsLeftOut() => Alone(() =>
    {
        Baggage.Current = Baggage.Current.SetBaggage(ClusterBaggage.ShareKey, new string('k', 129)).SetBaggage(ClusterBaggage.RegionKey, new string('r', 65))
            .SetBaggage(ClusterBaggage.PriorityKey, "batch");
        var caller = ClusterBaggage.Read()!;
        Assert.Equal((null, CallPriority.Batch, null), (caller.Region, caller.Priority, caller.Key));
    });

    [Fact]
    public void Read_OnlyTheActivityHasIt_IsTakenFromThere() => Alone(() =>
    {
        using var activity = new Activity("request").AddBaggage(ClusterBaggage.RegionKey, "us").Start();
        Assert.Equal("us", ClusterBaggage.Read()!.Region);
    });

    [Fact]
    public async Task FromBaggage_UsersOfTwoRegions_EachIsServedInItsOwn()
    {
        await using var servers = await LocalPostgres.StartAsync(g => g.Region("eu", 2).Region("us", 2).Sql("CREATE TABLE t (id int)"));
        await using var w = await Watched.StartAsync(b => b.Configure(o => o.RegionCost = TimeSpan.FromSeconds(10)), servers);
        var reads = w.Orders.Reads.FromBaggage();
        Assert.Equal("eu-2", await NodeAsync());
        foreach (var region in new[] { "us", "US", "eu", "atlantis" })
        {
            await AloneAsync(async () =>
            {
                ClusterBaggage.Set(region);
                Assert.StartsWith(region.Equals("us", StringComparison.OrdinalIgnoreCase) ? "us-" : "eu-", await NodeAsync(), StringComparison.Ordinal);
            });
        }

        // The same connection, opened for another user.
        await using var db = reads.CreateConnection();
        await db.OpenAsync();
        Assert.Equal("eu-2", db.NodeName);
        await db.CloseAsync();
        ClusterBaggage.Set("us");
        await db.OpenAsync();
        Assert.StartsWith("us-", db.NodeName, StringComparison.Ordinal);
        Assert.StartsWith("read from us -> us-", reads.Explain(), StringComparison.Ordinal);
        // What is made from it is for the caller of its time as well.
        Assert.StartsWith("read from us -> us-", reads.WithPriority(CallPriority.Batch).Explain(), StringComparison.Ordinal);
        Assert.StartsWith("read from eu -> eu-", w.Orders.Reads.Explain(), StringComparison.Ordinal);

        async Task<string> NodeAsync()
        {
            await using var db = await reads.OpenConnectionAsync();
            return db.NodeName!;
        }
    }

    [Fact]
    public async Task FromBaggage_NodeAtItsLimit_ServesTheUserBeforeTheBatch()
    {
        await using var w = await Watched.StartAsync(
            b => b.Configure(o => o.Limits = new() { Floor = 1, Initial = 1, Ceiling = 1, MaxQueueTime = TimeSpan.FromSeconds(15) }), nodes: 1);
        await using var holder = await SharedServers.OpenBareAsync(w.Servers);
        await Watched.RunAsync(holder, "SELECT pg_advisory_lock(17)");
        var first = w.WriteAsync("SELECT pg_advisory_lock(17)");
        await w.Telemetry.ValueAsync("clusterclient.calls.in_flight", p => p.Value == 1);
        var orders = w.Orders.FromBaggage();
        var served = new Collected<string>();
        var batch = CallAsync("batch", CallPriority.Batch);
        await w.Telemetry.ValueAsync("clusterclient.queue.length", p => p.Value == 1);
        var user = CallAsync("user", CallPriority.Interactive);
        await w.Telemetry.ValueAsync("clusterclient.queue.length", p => p.Value == 2);
        await holder.CloseAsync();
        await Task.WhenAll(first, batch, user).WaitAsync(Eventually.Patience);
        Assert.Equal(["user", "batch"], served);

        async Task CallAsync(string name, CallPriority priority)
        {
            ClusterBaggage.Set(priority: priority, key: name);
            await using var db = await orders.OpenConnectionAsync();
            served.Add(name);
        }
    }

    // What one service sends, with what the work set there.
    private static Dictionary<string, string> Sent(Action work)
    {
        Dictionary<string, string> headers = [];
        Alone(() =>
        {
            work();
            Propagator.Inject(new(default, Baggage.Current), headers, static (h, name, value) => h[name] = value);
        });
        return headers;
    }

    // The work of a service that was sent these.
    private static void Received(Dictionary<string, string> headers, Action work) => Alone(() =>
    {
        Baggage.Current = Propagator.Extract(default, headers, static (h, name) => h.TryGetValue(name, out var value) ? [value] : []).Baggage;
        work();
    });

    // In a context of its own, as a request has one.
    private static void Alone(Action work) => ExecutionContext.Run(ExecutionContext.Capture()!, _ =>
    {
        Baggage.Current = default;
        work();
    }, null);

    private static async Task AloneAsync(Func<Task> work) => await work();
}
