using System.Collections.Concurrent;
using ClusterClient.Routing;
using ClusterClient.Tests.Fakes;
using ClusterClient.Topology;

namespace ClusterClient.Tests;

public sealed class ClusterDataSourceBuilderTests
{
    private readonly FakeServer[] _servers = [new(), new()];
    private readonly ManualTimeProvider _clock = new();

    [Fact]
    public void Build_NothingGiven_TellsEveryErrorAtOnce()
    {
        var error = Assert.Throws<InvalidOperationException>(() => new ClusterDataSourceBuilder("orders")
            .Configure(o => (o.FailoverTimeout, o.MaxWaitingCalls) = (TimeSpan.Zero, 0)).Build());
        Assert.Equal(
            """
            The data source 'orders' cannot be built:
            - FailoverTimeout is 00:00:00; set it to more than zero and at most one day.
            - MaxWaitingCalls is 0; set it to 1 or more.
            - There is no driver; call UseNpgsql.
            - There are no nodes; call AddNode for each server.
            """.ReplaceLineEndings(),
            error.Message.ReplaceLineEndings());
    }

    [Fact]
    public void Build_EveryKindOfSlip_HasItsRemedy()
    {
        var error = Assert.Throws<InvalidOperationException>(() => new ClusterDataSourceBuilder("orders")
            .UseDriver(() => new FakeDriver(_servers, _clock) { Errors = ["The driver wants a user name; add one."] })
            .AddNode("db:port", "eu")
            .AddNode("db1", "eu")
            .AddNode("DB1:5432", "eu")
            .AddNode("db2", "us", name: "second")
            .AddNode("db3", "us", name: "Second")
            .LocatedIn("asia")
            .Build());
        Assert.Equal(
            """
            The data source 'orders' cannot be built:
            - The driver wants a user name; add one.
            - The node 'db:port' is not host or host:port with a port from 1 to 65535.
            - The node 'db1:5432' was added 2 times; add it once.
            - 2 nodes are named 'second'; names must differ.
            - LocatedIn names 'asia', a region without nodes; the nodes are in eu, us.
            """.ReplaceLineEndings(),
            error.Message.ReplaceLineEndings());
    }

    public static TheoryData<string, Action<ClusterOptions>, bool> Settings => new()
    {
        { nameof(ClusterOptions.FailoverTimeout), o => o.FailoverTimeout = TimeSpan.FromTicks(1), true },
        { nameof(ClusterOptions.FailoverTimeout), o => o.FailoverTimeout = TimeSpan.FromDays(1), true },
        { nameof(ClusterOptions.FailoverTimeout), o => o.FailoverTimeout = TimeSpan.FromDays(1) + TimeSpan.FromTicks(1), false },
        { nameof(ClusterOptions.FailoverTimeout), o => o.FailoverTimeout = Timeout.InfiniteTimeSpan, false },
        { nameof(ClusterOptions.MonitorInterval), o => o.MonitorInterval = TimeSpan.FromMilliseconds(9), false },
        { nameof(ClusterOptions.MonitorInterval), o => o.MonitorInterval = TimeSpan.FromMilliseconds(10), true },
        { nameof(ClusterOptions.MonitorInterval), o => o.MonitorInterval = TimeSpan.FromMinutes(1), true },
        { nameof(ClusterOptions.MonitorInterval), o => o.MonitorInterval = TimeSpan.FromMinutes(1.1), false },
        { nameof(ClusterOptions.ProbeTimeout), o => o.ProbeTimeout = TimeSpan.FromMilliseconds(9), false },
        { nameof(ClusterOptions.ProbeTimeout), o => o.ProbeTimeout = TimeSpan.FromMinutes(1.1), false },
        { nameof(ClusterOptions.HangDetection), o => o.HangDetection = HangDetection.Fast, true },
        { nameof(ClusterOptions.HangDetection), o => o.HangDetection = (HangDetection)2, false },
        { nameof(ClusterOptions.MaxReplicaLag), o => o.MaxReplicaLag = TimeSpan.Zero, true },
        { nameof(ClusterOptions.MaxReplicaLag), o => o.MaxReplicaLag = TimeSpan.FromTicks(-1), false },
        { nameof(ClusterOptions.MaxWaitingCalls), o => o.MaxWaitingCalls = 1, true },
        { nameof(ClusterOptions.MaxWaitingCalls), o => o.MaxWaitingCalls = 0, false },
        { nameof(ClusterOptions.PatternFile), o => o.PatternFile = "patterns.json", true },
        { nameof(ClusterOptions.PatternFile), o => o.PatternFile = "", false },
        { nameof(ClusterOptions.PatternFile), o => o.PatternFile = "patterns/", false },
        { nameof(ClusterOptions.PatternFile), o => o.PatternFile = "pat\0terns", false },
        { nameof(ClusterOptions.PatternFile), o => (o.PatternFile, o.LearnPatterns) = ("patterns.json", false), false },
    };

    [Theory]
    [MemberData(nameof(Settings), DisableDiscoveryEnumeration = true)]
    public void Build_SettingAtItsBounds_IsAcceptedWithinThem(string setting, Action<ClusterOptions> set, bool accepted)
    {
        var builder = Builder().Configure(set);
        if (accepted)
        {
            using var built = builder.Build();
            return;
        }

        Assert.Contains($"- {setting} is ", Assert.Throws<InvalidOperationException>(builder.Build).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void HangDetection_Fast_DecidesWhatIsNotSetItself()
    {
        var options = new ClusterOptions();
        Assert.Equal((500, 900), (options.MonitorInterval.TotalMilliseconds, options.ProbeTimeout.TotalMilliseconds));
        options.HangDetection = HangDetection.Fast;
        Assert.Equal((80, 300), (options.MonitorInterval.TotalMilliseconds, options.ProbeTimeout.TotalMilliseconds));
        options.ProbeTimeout = TimeSpan.FromMilliseconds(400);
        options.HangDetection = HangDetection.Standard;
        Assert.Equal((500, 400), (options.MonitorInterval.TotalMilliseconds, options.ProbeTimeout.TotalMilliseconds));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Build_DriverCannotEndConnections_WarnsOnce(bool canAbort)
    {
        var log = new LogLines();
        foreach (var server in _servers)
        {
            server.CanAbort = canAbort;
        }

        using var built = Builder().UseLoggerFactory(log).Build();
        Assert.Equal(canAbort ? 0 : 1, log.Lines.Count(l => l.Contains("no way to end a connection", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task Build_Valid_DoesNoIOUntilFirstUse()
    {
        await using var orders = Builder().Build();
        Assert.Equal(("orders", "Hosts=db1,db2"), (orders.Name, orders.ConnectionString));
        await using var unopened = orders.Reads.CreateConnection();
        Assert.All(_servers, s => Assert.Empty(s.Probes));
        Assert.All(_servers, s => Assert.Empty(s.Connections));
        Assert.Equal(0, _clock.ArmedTimers);

        _ = orders.Topology;
        await Until.TrueAsync(() => _servers.All(s => s.Probes.Count == 1));
    }

    [Fact]
    public async Task Build_Twice_SharesNothing()
    {
        FakeServer[] others = [new(), new()];
        var made = 0;
        var builder = new ClusterDataSourceBuilder("orders").UseTimeProvider(_clock)
            .UseDriver(() => new FakeDriver(made++ == 0 ? _servers : others, _clock)).AddNode("db1", "eu").AddNode("db2", "us");
        await using var first = builder.Build();
        await using var second = builder.Build();
        await first.DisposeAsync();
        _ = second.Topology;
        await Until.TrueAsync(() => others.All(s => s.Probes.Count == 1));
        Assert.All(_servers, s => Assert.Empty(s.Probes));
    }

    [Fact]
    public async Task Build_OptionsChangedAfterwards_KeepsItsCopy()
    {
        ClusterOptions? options = null;
        await using var orders = Builder().Configure(o => (options = o).MaxWaitingCalls = 1).Build();
        options!.MaxWaitingCalls = 99;
        Array.ForEach(_servers, s => s.Answers("R1@9"));
        await Until.TrueAsync(() => orders.Topology.Nodes.All(n => n.Status == NodeStatus.Online));
        var waiting = orders.OpenConnectionAsync().AsTask();
        var refusal = await Assert.ThrowsAsync<ClusterUnavailableException>(() => orders.OpenConnectionAsync().AsTask());
        Assert.Contains("1 calls wait", refusal.Message, StringComparison.Ordinal);
        await orders.DisposeAsync();
        await Assert.ThrowsAsync<ObjectDisposedException>(waiting.Soon);
    }

    [Fact]
    public async Task OnEvent_FromTheFirstLookOn_TellsEveryChange()
    {
        var events = new ConcurrentQueue<TopologyEventKind>();
        _servers[0].Answers("P1@9");
        _servers[1].Answers("R1@9");
        await using (var orders = Builder().OnEvent(e => events.Enqueue(e.Kind)).Build())
        {
            await orders.WaitUntilReadyAsync().Soon();
            await Until.TrueAsync(() => events.Count >= 3);
        }

        Assert.Equal(
            [TopologyEventKind.PrimaryFound, TopologyEventKind.NodeOnline, TopologyEventKind.NodeOnline],
            events.OrderBy(e => e).ToArray());
    }

    private ClusterDataSourceBuilder Builder() => new ClusterDataSourceBuilder("orders")
        .UseDriver(() => new FakeDriver(_servers, _clock))
        .UseTimeProvider(_clock)
        .UseRandom(new ScriptedRandom(0.5))
        .AddNode("db1", "eu")
        .AddNode("db2", "us");
}
