using System.Net;
using ClusterClient;
using ClusterClient.Testing;
using Dashboard.Load;
using Dashboard.Servers;
using Dashboard.State;
using Dashboard.Story;
using Dashboard.Web;
using Microsoft.Extensions.FileProviders;

namespace Dashboard;

/// <summary>The servers, the cluster over them, the work through it, and the page that shows all of it.</summary>
internal sealed class Site : IAsyncDisposable
{
    private const string ClusterName = "orders";

    private static readonly TimeSpan BetweenPictures = TimeSpan.FromMilliseconds(500);

    private readonly LocalPostgres _group;
    private readonly StateCollector _collector;
    private readonly WebApplication _app;
    private readonly CancellationTokenSource _stop = new();
    private readonly Narrator _narrator = new();
    private readonly NodeMeter _meter = new(ClusterName, TimeProvider.System);
    private readonly LoadGenerator _load;
    private Task _working = Task.CompletedTask;

    private Site(LocalPostgres group, int port)
    {
        var calls = new CallLog(TimeProvider.System);
        _group = group;
        Cluster = Connect(group);
        Servers = new(group, () => Cluster.Topology.Primary?.Endpoint.Name);
        _collector = new(Cluster, _meter, calls, Servers, TimeProvider.System);
        _load = new(Cluster, calls, gap => Tell(Tone.Good, $"Writes flow again: none had succeeded for {gap.TotalSeconds:0.0} s."));
        _app = Serve(port);
    }

    public ClusterDataSource Cluster { get; }

    public Operator Servers { get; }

    public EventStream Stream { get; } = new();

    public string Url => _app.Urls.Single();

    public static async Task<Site> StartAsync(DashboardOptions options)
    {
        var group = await LocalPostgres.StartAsync(g => g.Region(Places.Here, 3).Region(Places.Elsewhere, 2).Sql(LoadGenerator.TableSql));
        var site = new Site(group, options.Port);
        try
        {
            await site.Servers.PrepareAsync();
            await site.Cluster.WaitUntilReadyAsync();
            await site._app.StartAsync();
            site._working = Task.WhenAll(site._load.RunAsync(site._stop.Token), site.PublishAsync());
            return site;
        }
        catch
        {
            await site.DisposeAsync();
            throw;
        }
    }

    public Picture Look()
    {
        var state = _collector.Collect();
        return new(state, Diagnosis.Of(state));
    }

    /// <summary>Does to a server what the reader asked for, and tells so.</summary>
    public async Task ActAsync(string node, NodeAction action)
    {
        Tell(Tone.Reader, $"You: {ActionNames.Of(action).Replace('-', ' ')} {node}.");
        await Servers.DoAsync(node, action);
    }

    public Task WaitForShutdownAsync() => _app.WaitForShutdownAsync();

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _app.DisposeAsync();
        await _working;
        await Cluster.DisposeAsync();
        _meter.Dispose();
        await _group.DisposeAsync();
        _stop.Dispose();
    }

    private ClusterDataSource Connect(LocalPostgres group)
    {
        var builder = new ClusterDataSourceBuilder(ClusterName)
            .UseNpgsql($"{group.ConnectionString};Timeout=5;Command Timeout=5")
            .LocatedIn(Places.Here)
            .OnEvent(happened =>
            {
                if (_narrator.Tell(Happening.Of(happened, TimeProvider.System.GetUtcNow())) is { } entry)
                    Stream.Publish(entry);
            });
        foreach (var node in group.Nodes)
            builder.AddNode(node.Endpoint, node.Region, name: node.Name);
        return builder.Build();
    }

    private WebApplication Serve(int port)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, port));
        builder.Logging.SetMinimumLevel(LogLevel.Warning);
        var app = builder.Build();
        app.UseGuard();
        app.UseFileServer(new FileServerOptions { FileProvider = new EmbeddedFileProvider(typeof(Site).Assembly, "Dashboard.Page") });
        app.MapDashboard(this);
        app.Lifetime.ApplicationStopping.Register(Stream.Close);
        return app;
    }

    private async Task PublishAsync()
    {
        while (!_stop.IsCancellationRequested)
        {
            Stream.Publish(Look());
            await Task.Delay(BetweenPictures, _stop.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private void Tell(Tone tone, string sentence) => Stream.Publish(new TimelineEntry(TimeProvider.System.GetUtcNow(), sentence, tone));
}
