using ClusterClient.Data;
using ClusterClient.Health.Patterns;
using ClusterClient.Tests.Fakes;
using ClusterClient.Tests.Health.Patterns;

namespace ClusterClient.Tests.Data;

/// <summary>What the patterns' loop does by itself, on a clock that runs when it is told to.</summary>
public sealed class PatternLoopTests : IDisposable
{
    private static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);

    // Five weeks of an office's load, up to a Monday at 04:00: nine requests at a time then, twelve from five o'clock on.
    private static readonly Func<int, double> Load = Loads.Office.Shifted(0, 50);
    private static readonly int Monday = 490_000 - HourOfWeek.Bucket(490_000) + (6 * HourOfWeek.Count);
    private readonly VirtualWeeks _weeks = new VirtualWeeks(Load, Monday - (5 * HourOfWeek.Count)).Weeks(5).Hours(4);
    private readonly TemporaryFolder _folder = new();
    private readonly LogLines _log = new();

    [Fact]
    public async Task RunAsync_RestartWithAFile_PreparesTheNodesThatMayServe()
    {
        await using var cluster = new FakeCluster(3).Sees("P1@9 R1@9 x");
        await using var running = Run(cluster, ["a", "b", "c"]);
        await Until.TrueAsync(cluster.Clock, TimeSpan.FromMilliseconds(50), Minute, () => Opens(cluster) == "9 9 0");
        // The one that was away is prepared when it comes; the others were once.
        cluster.Sees(". . R1@9");
        await Until.TrueAsync(cluster.Clock, TimeSpan.FromMilliseconds(50), Minute, () => Opens(cluster) == "9 9 9");
        cluster.Sees("x . .").Sees("P1@9 . .");
        cluster.Clock.Advance(Minute);
        await running.StopAsync();
        Assert.Equal("9 9 9", Opens(cluster));
    }

    [Fact]
    public async Task RunAsync_FewMinutesBeforeABusierHour_PreparesForItOnce()
    {
        await using var cluster = new FakeCluster(2).Sees("P1@9 R1@9");
        await using var running = Run(cluster, ["b"], minute: 50);
        await Until.TrueAsync(cluster.Clock, TimeSpan.FromMilliseconds(50), Minute, () => Opens(cluster) == "0 9");
        await Until.TrueAsync(cluster.Clock, TimeSpan.FromSeconds(5), TimeSpan.FromHours(1), () => Opens(cluster) == "0 21");
        Assert.InRange(
            HourOfWeek.Start(Monday + 5) - cluster.Clock.UtcNow, PatternLoop.ShortestLead - Minute, PatternLoop.LongestLead);
        await Until.TrueAsync(cluster.Clock, TimeSpan.FromSeconds(5), TimeSpan.FromHours(1), () => cluster.Clock.UtcNow > HourOfWeek.Start(Monday + 5) + Minute);
        Assert.Equal("0 21", Opens(cluster));
    }

    [Fact]
    public async Task RunAsync_NobodyUsesTheDataSource_NothingHappens()
    {
        await using var cluster = new FakeCluster(1);
        await using var running = Run(cluster, ["a"], start: false);
        cluster.Clock.Advance(TimeSpan.FromHours(2));
        await Task.Delay(20);
        Assert.Equal((0, 0), (cluster.Clock.ArmedTimers, _log.Lines.Length));
    }

    [Fact]
    public async Task RunAsync_HourIsOver_SavesWhatWasLearnt()
    {
        await using var cluster = new FakeCluster(1).Sees("P1@9");
        await using var running = Run(cluster, ["a"]);
        await Until.TrueAsync(() => _log.Lines.Length > 0);
        File.Delete(_folder["patterns.json"]);
        await Until.TrueAsync(cluster.Clock, TimeSpan.FromSeconds(20), TimeSpan.FromHours(3), () => File.Exists(_folder["patterns.json"]));
        Assert.InRange(cluster.Clock.UtcNow, HourOfWeek.Start(Monday + 5), HourOfWeek.Start(Monday + 5) + (5 * Minute));
    }

    [Fact]
    public async Task RunAsync_Stopped_SavesTheLast()
    {
        await using var cluster = new FakeCluster(1).Sees("P1@9");
        await using var running = Run(cluster, ["a"]);
        await Until.TrueAsync(cluster.Clock, TimeSpan.FromSeconds(20), TimeSpan.FromHours(3), () => cluster.Clock.UtcNow > HourOfWeek.Start(Monday + 5) + (5 * Minute));
        File.Delete(_folder["patterns.json"]);
        await running.StopAsync();
        Assert.Equal(["patterns.json"], _folder.Files);
    }

    [Fact]
    public async Task RunAsync_CorruptFile_LearnsAnew()
    {
        await using var cluster = new FakeCluster(1).Sees("P1@9");
        await using var running = Run(cluster, ["a"]);
        await running.StopAsync();
        await File.WriteAllTextAsync(_folder["patterns.json"], "{");
        await using var again = Run(cluster, []);
        await Until.TrueAsync(() => _log.Lines.Any(l => l.StartsWith("Warning: orders: ", StringComparison.Ordinal)));
        await again.StopAsync();
        Assert.Equal("{", await File.ReadAllTextAsync(_folder["patterns.json"]));
        Assert.DoesNotContain(_log.Lines, l => l.StartsWith("Error", StringComparison.Ordinal));
    }

    public void Dispose() => _folder.Dispose();

    private static string Opens(FakeCluster cluster) => string.Join(' ', cluster.Servers.Select(s => s.Opens));

    private RunningLoop Run(FakeCluster cluster, string[] known, bool start = true, int minute = 1)
    {
        cluster.Clock.UtcNow = HourOfWeek.Start(Monday + 4) + (minute * Minute);
        var file = new PatternFile("orders", _folder["patterns.json"], cluster.Clock, _log);
        if (known.Length > 0)
        {
            file.Save(known.Select(n => new NodeMemory(n, 1, _weeks.Pattern.Profile)));
        }

        var optimiser = new PatternOptimiser(cluster.Nodes.Select(n => n.Endpoint.Name), [.. cluster.Nodes.Select(n => n.State)], cluster.Clock);
        var warmer = new PreWarmer(
            "orders", cluster.Nodes, cluster.Monitor, cluster.Opener.Selector, cluster.Scope, new ScriptedRandom(0.5), cluster.Clock, _log);
        var loop = new PatternLoop(
            "orders", cluster.Nodes, optimiser, file, warmer, cluster.Monitor, new ScriptedRandom(0.5), cluster.Clock, _log);
        if (start)
        {
            cluster.Monitor.Start();
        }

        return new(loop);
    }

    private sealed class RunningLoop : IAsyncDisposable
    {
        private readonly CancellationTokenSource _stop = new();
        private readonly Task _running;

        public RunningLoop(PatternLoop loop) => _running = loop.RunAsync(_stop.Token);

        public async Task StopAsync()
        {
            await _stop.CancelAsync();
            await _running.Soon();
        }

        public async ValueTask DisposeAsync()
        {
            await StopAsync();
            _stop.Dispose();
        }
    }
}
