using System.Diagnostics;
using ClusterClient.Resilience;
using ClusterClient.Routing;
using ClusterClient.Testing;

namespace ClusterClient.OpenTelemetry.Tests;

/// <summary>A span for each kind of thing that takes a call's time, on real servers.</summary>
[Collection(SharedServers.Name)]
public sealed class SpanTests(SharedServers servers)
{
    private const string Connecting = "clusterclient.connect";

    [Fact]
    public async Task Open_Write_TellsTheDecision()
    {
        await using var w = await Watched.StartAsync(shared: servers.Group);
        await w.WriteAsync();
        using var request = w.Telemetry.Begin();
        await w.WriteAsync();

        var open = await w.Telemetry.SpanAsync(request, "clusterclient.open");
        Assert.Equal(request.SpanId, open.ParentSpanId);
        Assert.Equal(ActivityKind.Internal, open.Kind);
        Assert.Equal(
            (w.Name, "eu-1", "eu", "primary", 1L, "write", "primary"),
            (Tag(open, "cluster"), Tag(open, "node"), Tag(open, "region"), Tag(open, "role"), Tag(open, "epoch"), Tag(open, "intent"), Tag(open, "reason")));
        Assert.Equal(("postgresql", "app"), (open.GetTagItem("db.system.name"), open.GetTagItem("db.namespace")));
        Assert.Equal(("127.0.0.1", servers.Group["eu-1"].Port), (open.GetTagItem("server.address"), open.GetTagItem("server.port")));
        Assert.Empty(open.Events);
        Assert.Empty(w.Telemetry.Spans(request, Connecting));
        // The command is the driver's to tell, beside the way to it.
        var command = Assert.Single(w.Telemetry.Spans(request), s => s.Source.Name == "Npgsql");
        Assert.Equal(request.SpanId, command.ParentSpanId);
        await w.Telemetry.ValueAsync(
            "clusterclient.route.decisions", p => (p["clusterclient.node"], p["clusterclient.role"], p["clusterclient.reason"], p.Value) == ("eu-1", "primary", "primary", 2));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Connect_NothingIdle_IsTheParentOfTheDriversOwn(bool isAsync)
    {
        await using var w = await Watched.StartAsync(shared: servers.Group);
        using var request = w.Telemetry.Begin();
        if (isAsync)
        {
            await using var db = await w.Orders.OpenConnectionAsync();
        }
        else
        {
            using var db = w.Orders.OpenConnection();
        }

        Assert.Same(request, Activity.Current);
        var connect = await w.Telemetry.SpanAsync(request, Connecting);
        var open = await w.Telemetry.SpanAsync(request, "clusterclient.open");
        var drivers = Assert.Single(w.Telemetry.Spans(request), s => s.Source.Name == "Npgsql" && s.ParentSpanId == connect.SpanId);
        Assert.Equal(open.SpanId, connect.ParentSpanId);
        Assert.Equal((ActivityKind.Internal, ActivityKind.Client), (connect.Kind, drivers.Kind));
        Assert.Equal("eu-1", Tag(connect, "node"));
    }

    [Fact]
    public async Task Open_PrimaryLost_TellsTheWaitAndTheExplanation()
    {
        await using var w = await Watched.StartAsync();
        await w.WriteAsync();
        await w.Servers["eu-1"].KillAsync();
        await w.UntilAsync(t => t.Primary is null);
        using var request = w.Telemetry.Begin();
        var writing = w.WriteAsync();
        await w.Servers["eu-2"].PromoteAsync();
        Assert.Equal("eu-2", await writing.WaitAsync(Eventually.Patience));

        var open = await w.Telemetry.SpanAsync(request, "clusterclient.open");
        var wait = await w.Telemetry.SpanAsync(request, "clusterclient.failover_wait");
        Assert.Equal(open.SpanId, wait.ParentSpanId);
        Assert.Equal(("served", "eu-2", "waited"), (Tag(wait, "outcome"), Tag(wait, "node"), Tag(open, "reason")));
        Assert.InRange((double)Tag(wait, "deadline.remaining")!, 1, 30);
        var before = Assert.Single(wait.Events).Tags.Single().Value as string;
        Assert.StartsWith("write from eu -> no node; epoch 1, primary unknown", before, StringComparison.Ordinal);
        Assert.Contains("eu-1", before, StringComparison.Ordinal);
        var after = Assert.Single(open.Events);
        Assert.Equal("clusterclient.route", after.Name);
        Assert.StartsWith("write from eu -> eu-2; epoch 2, primary eu-2", after.Tags.Single().Value as string, StringComparison.Ordinal);

        await w.Telemetry.ValueAsync("clusterclient.failover.wait", p => (p["clusterclient.intent"], p["clusterclient.outcome"], p.Value) == ("write", "served", 1));
        await w.Telemetry.ValueAsync("clusterclient.failover.duration", p => (p["clusterclient.node"], p["clusterclient.outcome"], p.Value) == ("eu-2", "promoted", 1));
        await w.Telemetry.ValueAsync("clusterclient.route.decisions", p => (p["clusterclient.node"], p["clusterclient.reason"]) == ("eu-2", "waited"));
        await w.Telemetry.ValueAsync("clusterclient.epoch", p => p.Value == 2);
        await w.Telemetry.ValueAsync("clusterclient.node.status", p => (p["clusterclient.node"], p["clusterclient.role"], p["clusterclient.status"]) == ("eu-2", "primary", "online"));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Open_NoPrimaryInTime_TellsTheRefusal(bool isAsync)
    {
        await using var w = await Watched.StartAsync(b => b.Configure(o => o.FailoverTimeout = TimeSpan.FromMilliseconds(200)), nodes: 1);
        await w.Servers["eu-1"].KillAsync();
        await w.UntilAsync(t => t.Primary is null);
        using var request = w.Telemetry.Begin();
        if (isAsync)
        {
            await Assert.ThrowsAsync<ClusterUnavailableException>(() => w.WriteAsync());
        }
        else
        {
            Assert.Throws<ClusterUnavailableException>(() => w.Orders.OpenConnection());
        }

        Assert.Same(request, Activity.Current);
        var open = await w.Telemetry.SpanAsync(request, "clusterclient.open");
        Assert.Equal((ActivityStatusCode.Error, typeof(ClusterUnavailableException).FullName), (open.Status, open.GetTagItem("error.type")));
        Assert.DoesNotContain('\n', open.StatusDescription!);
        Assert.Contains("eu-1", Assert.Single(open.Events).Tags.Single().Value as string, StringComparison.Ordinal);
        Assert.Equal("refused", Tag(await w.Telemetry.SpanAsync(request, "clusterclient.failover_wait"), "outcome"));
        await w.Telemetry.ValueAsync(
            "clusterclient.route.refusals", p => (p["clusterclient.intent"], p["clusterclient.reason"], p.Value) == ("write", "unavailable", 1));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Retry_ReadCut_IsTheParentOfTheDriversSecondCommand(bool isAsync)
    {
        await using var w = await Watched.StartAsync(shared: servers.Group);
        using var trap = new Traps(servers.Group, "SELECT 'cut'");
        using var request = w.Telemetry.Begin();
        await using var db = await w.Orders.Reads.OpenConnectionAsync();
        var first = db.NodeName;
        await using var command = db.CreateCommand();
        command.CommandText = "SELECT 'cut'";
        Assert.Equal("cut", isAsync ? await command.ExecuteScalarAsync() : command.ExecuteScalar());
        Assert.Same(request, Activity.Current);

        var retry = await w.Telemetry.SpanAsync(request, "clusterclient.retry", s => s.Status != ActivityStatusCode.Error);
        Assert.Equal((db.NodeName, "ConnectionLost"), (Tag(retry, "node"), Tag(retry, "fault")));
        Assert.InRange((int)Tag(retry, "attempt")!, 2, 4);
        Assert.InRange((double)Tag(retry, "deadline.remaining")!, 1, 30);
        Assert.Equal(request.SpanId, retry.ParentSpanId);
        // The way to the other node, and the command there, are a part of it.
        Assert.Contains(w.Telemetry.Spans(request, "clusterclient.open"), s => s.ParentSpanId == retry.SpanId && Equals(Tag(s, "reason"), "failed"));
        Assert.Contains(w.Telemetry.Spans(request), s => s.Source.Name == "Npgsql" && s.ParentSpanId == retry.SpanId);
        Assert.DoesNotContain(request.Events, e => e.Name == "clusterclient.retry");
        await w.Telemetry.ValueAsync(
            "clusterclient.retries", p => (p["clusterclient.node"], p["clusterclient.fault"]) == (first, "ConnectionLost") && p.Value >= 1);
        await w.Telemetry.ValueAsync("clusterclient.retry.budget", p => p.Value is > 0 and <= 30);
    }

    [Fact]
    public async Task Retry_Transaction_IsASpanOfTheSecondRun()
    {
        await using var w = await Watched.StartAsync(shared: servers.Group);
        using var request = w.Telemetry.Begin();
        var runs = 0;
        await w.Orders.ExecuteInTransactionAsync(async (db, _) =>
        {
            if (runs++ == 0)
            {
                await Watched.RunAsync(db, "SELECT pg_terminate_backend(pg_backend_pid())");
            }
        });
        var retry = await w.Telemetry.SpanAsync(request, "clusterclient.retry");
        Assert.Equal((2, 2), (runs, Tag(retry, "attempt")));
        Assert.Contains(w.Telemetry.Spans(request, "clusterclient.open"), s => s.ParentSpanId == retry.SpanId);
    }

    [Fact]
    public async Task Hedge_ReplicaFrozen_IsASpanThatWon()
    {
        await using var w = await Watched.StartAsync(
            b => b.Configure(o => (o.Hedging, o.Policy) = (HedgingPolicy.Default, RoutingPolicyNames.RoundRobin)));
        for (var i = 0; i < 120; i++)
        {
            await w.ReadAsync();
        }

        using var request = w.Telemetry.Begin();
        await using var db = await w.Orders.Reads.OpenConnectionAsync();
        var frozen = db.NodeName!;
        w.Servers[frozen].Hang();
        await Watched.RunAsync(db, "SELECT 1");
        w.Servers[frozen].Resume();

        var hedge = await w.Telemetry.SpanAsync(request, "clusterclient.hedge");
        Assert.Equal((db.NodeName, frozen, "won"), (Tag(hedge, "node"), Tag(hedge, "first_node"), Tag(hedge, "outcome")));
        Assert.Equal(request.SpanId, hedge.ParentSpanId);
        Assert.Contains(w.Telemetry.Spans(request), s => s.Source.Name == "Npgsql" && s.ParentSpanId == hedge.SpanId);
        await w.Telemetry.ValueAsync("clusterclient.hedges", p => (p["clusterclient.node"], p["clusterclient.outcome"]) == (db.NodeName, "won"));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Queue_NodeAtItsLimit_TellsTheWait(bool isAsync)
    {
        await using var w = await Watched.StartAsync(
            b => b.Configure(o => o.Limits = new() { Floor = 1, Initial = 1, Ceiling = 1, MaxQueueTime = TimeSpan.FromSeconds(15) }), servers.Group);
        await using var holder = await SharedServers.OpenBareAsync(servers.Group);
        await Watched.RunAsync(holder, "SELECT pg_advisory_lock(17)");
        var first = w.WriteAsync("SELECT pg_advisory_lock(17)");
        await w.Telemetry.ValueAsync("clusterclient.calls.in_flight", p => (p["clusterclient.node"], p.Value) == ("eu-1", 1));
        using var request = w.Telemetry.Begin();
        var second = isAsync ? w.WriteAsync("SELECT 1") : Task.Factory.StartNew(
            () =>
            {
                using var db = w.Orders.OpenConnection();
                return db.NodeName!;
            },
            CancellationToken.None,
            TaskCreationOptions.LongRunning,
            TaskScheduler.Default);
        await w.Telemetry.ValueAsync("clusterclient.queue.length", p => (p["clusterclient.node"], p.Value) == ("eu-1", 1));
        await holder.CloseAsync();
        await first.WaitAsync(Eventually.Patience);
        await second.WaitAsync(Eventually.Patience);

        var queue = await w.Telemetry.SpanAsync(request, "clusterclient.queue");
        Assert.Equal(("eu-1", "admitted"), (Tag(queue, "node"), Tag(queue, "outcome")));
        Assert.InRange((double)Tag(queue, "deadline.remaining")!, 0.1, 15);
        await w.Telemetry.ValueAsync("clusterclient.queue.wait", p => (p["clusterclient.outcome"], p.Value) == ("admitted", 1));
        await w.Telemetry.ValueAsync("clusterclient.calls.limit", p => p.Value == 1);
    }

    [Fact]
    public async Task CommitResolution_AnswerCut_TellsWhatBecameOfIt()
    {
        await using var w = await Watched.StartAsync(shared: servers.Group);
        await using var db = await w.Orders.OpenConnectionAsync();
        using var request = w.Telemetry.Begin();
        await using var transaction = await db.BeginTransactionAsync();
        await Watched.RunAsync(db, "INSERT INTO t VALUES (2, 'x')");
        using var trap = servers.Group.Primary.Proxy.CutAt("COMMIT", CutSide.AfterServer);
        await transaction.CommitAsync();

        var resolution = await w.Telemetry.SpanAsync(request, "clusterclient.commit_resolution");
        Assert.Equal(("eu-1", "committed"), (Tag(resolution, "node"), Tag(resolution, "outcome")));
        Assert.Contains(w.Telemetry.Spans(request, "clusterclient.open"), s => s.ParentSpanId == resolution.SpanId);
        await w.Telemetry.ValueAsync("clusterclient.commits.resolved", p => (p["clusterclient.outcome"], p.Value) == ("committed", 1));
        await w.Telemetry.ValueAsync("clusterclient.commit.resolution.duration", p => p.Value == 1);
    }

    [Fact]
    public async Task Monitor_Looks_AreInNobodysTrace()
    {
        await using var w = await Watched.StartAsync(b => b.Configure(o => o.MonitorInterval = TimeSpan.FromMilliseconds(20)), shared: servers.Group);
        using var request = w.Telemetry.Begin();
        await w.WriteAsync();
        await w.Telemetry.SpanAsync(request, "clusterclient.open");
        var seen = w.Orders.Topology;
        await Eventually.TrueAsync(() => !ReferenceEquals(w.Orders.Topology, seen), () => "The monitor does not look.");

        Assert.DoesNotContain(w.Telemetry.AllSpans, s => s.Source.Name == "Npgsql" && $"{s.GetTagItem("db.query.text")}".Contains("pg_is_in_recovery", StringComparison.Ordinal));
    }

    private static object? Tag(Activity span, string name) => span.GetTagItem("clusterclient." + name);

    /// <summary>Cuts the first connection that sends a text, at whichever server.</summary>
    private sealed class Traps(LocalPostgres group, string text) : IDisposable
    {
        private readonly ProxyTrap[] _traps = [.. group.Nodes.Skip(1).Select(n => n.Proxy.CutAt(text, CutSide.BeforeServer))];

        public void Dispose() => Array.ForEach(_traps, t => t.Dispose());
    }
}
