using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using ClusterClient.Data;
using ClusterClient.Npgsql.Tests.Data;
using ClusterClient.Npgsql.Tests.Failover;
using ClusterClient.Routing;
using ClusterClient.Topology;

namespace ClusterClient.Npgsql.Tests.Faults;

/// <summary>A data source of its own over the server of <see cref="FaultServers"/>, and the calls of one test through it.</summary>
internal sealed class FaultRun : IAsyncDisposable
{
    private const string Pace = "pg_sleep((SELECT seconds FROM pace))";

    private readonly FaultServers _servers;
    private readonly string _name = $"run {Guid.NewGuid():n}";

    public FaultRun(FaultServers servers, string settings, int commandTimeout, TimeSpan failoverTimeout)
    {
        _servers = servers;
        // Of two the later holds.
        Orders = new ClusterDataSourceBuilder("orders")
            .UseNpgsql($"Username=app;Database=app;Application Name={_name};Timeout=2;Command Timeout={commandTimeout};{settings}")
            .AddNode(servers.Server.Endpoint, "eu", name: "eu-1")
            .LocatedIn("eu")
            .Configure(o => (o.HangDetection, o.FailoverTimeout) = (HangDetection.Fast, failoverTimeout))
            .Build();
    }

    public ClusterDataSource Orders { get; }

    /// <summary>What this has open at the server, its monitor left out or included.</summary>
    public async Task<int> SessionsAsync(string application = "LIKE '{0}%'") => int.Parse((await _servers.Server.ExecuteAsync(
        $"SELECT count(*) FROM pg_stat_activity WHERE application_name {string.Format(null, application, _name)}"))!, null);

    public Task<string?> EndSessionsAsync(string function) => _servers.Server.ExecuteAsync(
        $"SELECT count({function}(pid)) FROM pg_stat_activity WHERE application_name = '{_name}' AND state = 'active'");

    /// <summary>A write and a read in both manners, which take as long as the server's pace says; they are under way when this returns.</summary>
    public async Task<Task<Outcome>[]> CallAsync()
    {
        Task<Outcome>[] running =
        [
            .. from io in new[] { Io.Sync, Io.Async }
               from intent in new[] { RouteIntent.Write, RouteIntent.Read }
               select Start($"{io} {intent}", intent, () => RunAsync(intent, io)),
        ];
        await Eventually.TrueAsync(
            async () => Array.Find(running, r => r.IsCompleted) is { } ended ? throw new InvalidOperationException($"Not under way: {await ended}")
                : await SessionsAsync("= '{0}' AND state = 'active'") == running.Length,
            Scenario.Patience);
        return running;
    }

    /// <summary>Opens, in both manners, and a command on what was opened.</summary>
    public Task<Outcome>[] Open() =>
    [
        .. from io in new[] { Io.Sync, Io.Async }
           select Start($"{io} open", RouteIntent.Write, async () =>
           {
               await using var db = await Orders.OpenAsync(io);
               await db.BackendAsync(io);
           }),
    ];

    public async Task UntilOnlineAsync()
    {
        using var patience = new CancellationTokenSource(Scenario.Patience);
        await foreach (var topology in Orders.WatchTopologyAsync(patience.Token))
        {
            if (topology.Nodes is [{ Status: NodeStatus.Online, IsDoubted: false }])
            {
                return;
            }
        }
    }

    /// <summary>Waits until nothing counts as in flight any more, here or in the driver.</summary>
    public async Task UntilIdleAsync()
    {
        var node = NodesOf(Orders)[0].State;
        await Eventually.TrueAsync(() => node is { InFlight: 0, Connections: 0 }, Scenario.Patience);
    }

    /// <summary>Ends the data source, and waits until the server has nothing of it.</summary>
    public async ValueTask DisposeAsync()
    {
        await Orders.DisposeAsync();
        try
        {
            await Eventually.TrueAsync(async () => await SessionsAsync() == 0, Scenario.Patience);
        }
        catch (TimeoutException)
        {
            Assert.Fail("The server still has: " + await _servers.Server.ExecuteAsync(
                $"SELECT string_agg(concat_ws(' ', application_name, state, wait_event, now() - backend_start, query), E'\n') FROM pg_stat_activity WHERE application_name LIKE '{_name}%'"));
        }
    }

    private async Task RunAsync(RouteIntent intent, Io io)
    {
        await using var db = intent == RouteIntent.Write ? await Orders.OpenAsync(io) : await Orders.Reads.OpenAsync(io);
        await using var command = db.Text(intent == RouteIntent.Write ? $"INSERT INTO t SELECT 1 FROM (SELECT {Pace}) x" : $"SELECT {Pace}");
        await command.NonQueryAsync(io);
    }

    private static Task<Outcome> Start(string call, RouteIntent intent, Func<Task> run) => Task.Factory.StartNew(
        () => Outcome.OfAsync(call, intent, run), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default).Unwrap();

    [UnsafeAccessor(UnsafeAccessorKind.Field, Name = "_nodes")]
    private static extern ref ImmutableArray<ClusterNode> NodesOf(ClusterDataSource source);
}
