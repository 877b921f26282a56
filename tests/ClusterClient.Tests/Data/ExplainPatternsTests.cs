using ClusterClient.Health.Patterns;
using ClusterClient.Tests.Fakes;
using ClusterClient.Tests.Health.Patterns;

namespace ClusterClient.Tests.Data;

/// <summary>Patterns as a data source's user meets them.</summary>
public sealed class ExplainPatternsTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly ManualTimeProvider _clock = new();
    private readonly LogLines _log = new();

    [Fact]
    public async Task ExplainPatterns_SwitchedOff_SaysSo()
    {
        await using var orders = Builder(o => o.LearnPatterns = false).Build();
        Assert.Equal("patterns of orders are not learnt: LearnPatterns is off", orders.ExplainPatterns());
    }

    [Fact]
    public async Task ExplainPatterns_ByDefault_LearnsInMemory()
    {
        await using var orders = Builder(_ => { }).Build();
        _ = orders.Topology;
        Assert.Contains(" UTC, in memory", orders.ExplainPatterns(), StringComparison.Ordinal);
        Assert.Contains("learning", orders.ExplainPatterns(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task ExplainPatterns_RestartWithAFile_KnowsWhatTheLastProcessLearnt()
    {
        var weeks = new VirtualWeeks(Loads.Office).Weeks(4);
        _clock.UtcNow = HourOfWeek.Start(weeks.Hour) + TimeSpan.FromMinutes(1);
        new PatternFile("orders", _folder["patterns.json"], _clock, _log).Save([new("db1:5432", 1, weeks.Pattern.Profile)]);
        await using var orders = Builder(o => o.PatternFile = _folder["patterns.json"]).Build();
        Assert.DoesNotContain("active", orders.ExplainPatterns(), StringComparison.Ordinal);
        _ = orders.Topology;
        await Until.TrueAsync(() => orders.ExplainPatterns().Contains("active", StringComparison.Ordinal));
        await orders.DisposeAsync().AsTask().Soon();
    }

    public void Dispose()
    {
        _folder.Dispose();
        _log.Dispose();
    }

    private ClusterDataSourceBuilder Builder(Action<ClusterOptions> configure)
    {
        FakeServer[] servers = [new(), new()];
        return new ClusterDataSourceBuilder("orders").UseTimeProvider(_clock).UseLoggerFactory(_log).Configure(configure)
            .UseDriver(() => new FakeDriver(servers, _clock)).AddNode("db1", "eu").AddNode("db2", "eu");
    }
}
