using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using static ClusterClient.Hosting.Tests.Registrations;

namespace ClusterClient.Hosting.Tests;

/// <summary>What a change of the configuration does to a data source that is there already, read off its inside; nobody listens at its nodes.</summary>
public sealed class RenewalTests : IDisposable
{
    private readonly IConfigurationRoot _configuration = Configured(Valid);
    private readonly LogLines _lines = new();
    private readonly ServiceProvider _services;
    private readonly ClusterDataSource _cluster;

    public RenewalTests()
    {
        _services = Services(_configuration).AddLogging(l => l.AddProvider(_lines))
            .AddClusterDataSource("orders", _configuration.GetSection(Section), c => c.UseNpgsql().Configure(o => o.ZoneCost = TimeSpan.FromSeconds(1)))
            .BuildServiceProvider();
        _cluster = _services.GetRequiredService<ClusterDataSource>();
    }

    public void Dispose() => _services.Dispose();

    [Fact]
    public void Renew_EveryReloadableKey_IsFollowed()
    {
        Change(
            ("Nodes:1:Weight", "4"), ("RestrictReads:Deny:0", "us"), ("RestrictWrites:Allow:0", "eu"), ("MaxReplicaLag", "00:00:03"),
            ("ReadsMayUsePrimary", "false"), ("Policy", "HotCold"), ("RegionCost", "00:00:00.002"), ("FailoverTimeout", "00:00:07"),
            ("CallTimeout", "00:00:05"), ("MaxWaitingCalls", "9"), ("TransactionStatementTimeout", "00:00:02"));
        var (terms, limits) = (_cluster.Opener.Selector.Terms, _cluster.Opener.Limits);
        Assert.Equal([1f, 0.25f], terms.Locality.PerWeight.ToArray());
        Assert.Equal((0b10ul, 0b10ul), (terms.DeniedReads, terms.DeniedWrites));
        Assert.Equal((TimeSpan.FromSeconds(3), false, "HotCold", 2_000f), (terms.Freshness.MaxLag, terms.ReadsMayUsePrimary, terms.Policy.Name, terms.Locality.RegionCost));
        Assert.Equal((TimeSpan.FromSeconds(7), TimeSpan.FromSeconds(5), 9), (limits.FailoverTimeout, limits.CallTimeout, limits.MaxWaitingCalls));
        Assert.Equal("SET LOCAL statement_timeout = 2000", limits.BeginWith);
        Assert.Equal(TimeSpan.FromSeconds(7), _cluster.Opener.Circuits.FailoverTimeout);
        Assert.Equal(3, limits.DetectionSeconds);
        Assert.Single(_lines.Of(60));
        Assert.Empty(_lines.Of(61));
    }

    [Fact]
    public void Renew_CodeSaysOtherwise_CodeHolds()
    {
        Change(("ZoneCost", "00:00:05"));
        Assert.Equal(1_000_000f, _cluster.Opener.Selector.Terms.Locality.ZoneCost);
    }

    [Fact]
    public void Renew_NeedsARestart_IsToldOnce()
    {
        Change(("Nodes:2:Endpoint", "eu-2.invalid"), ("Nodes:2:Region", "eu"), ("Retry:MaxRetries", "1"), ("MaxReplicaLag", "00:00:03"));
        Change(("MaxReplicaLag", "00:00:04"));
        Assert.Equal(
            "orders: Databases:Orders:Nodes:*:Endpoint, Databases:Orders:Nodes:*:Region, Databases:Orders:Retry:MaxRetries changed, which cannot be followed in use: restart this process to have it obeyed",
            Assert.Single(_lines.Of(61)));
        Assert.Equal((2, TimeSpan.FromSeconds(4)), (_cluster.Opener.Topology.Nodes.Length, _cluster.Opener.Selector.Terms.Freshness.MaxLag));
        Change(("LearnPatterns", "false"));
        Assert.Equal(2, _lines.Of(61).Count());
    }

    [Fact]
    public void Renew_Mistakes_OldSettingsHold()
    {
        Change(("MaxReplicaLag", "00:00:03"));
        Change(("MaxReplicaLag", "soon"), ("FailoverTimeout", "-00:00:01"), ("MaxWaitingCalls", "7"));
        Assert.Equal((TimeSpan.FromSeconds(3), 1_000), (_cluster.Opener.Selector.Terms.Freshness.MaxLag, _cluster.Opener.Limits.MaxWaitingCalls));
        var line = Assert.Single(_lines.Of(62));
        Assert.Contains("- Databases:Orders:MaxReplicaLag is 'soon'; set it to", line, StringComparison.Ordinal);
        Assert.Contains("- Databases:Orders:FailoverTimeout is -00:00:01; set it to", line, StringComparison.Ordinal);

        Change(("MaxReplicaLag", "00:00:02"), ("FailoverTimeout", null));
        Assert.Equal((TimeSpan.FromSeconds(2), 7), (_cluster.Opener.Selector.Terms.Freshness.MaxLag, _cluster.Opener.Limits.MaxWaitingCalls));
    }

    /// <summary>Obeyed, the rule would deny every node that the data source has.</summary>
    [Fact]
    public void Renew_RuleOfARegionThatIsNotThereYet_WaitsForTheRestart()
    {
        Change(("Nodes:2:Endpoint", "as-1.invalid"), ("Nodes:2:Region", "asia"), ("RestrictWrites:Allow:0", "asia"));
        Assert.Equal(0ul, _cluster.Opener.Selector.Terms.DeniedWrites);
    }

    [Fact]
    public void Renew_NodesInAnotherOrder_WeightsGoByAddress()
    {
        Change(
            ("Nodes:0:Endpoint", "us-1.invalid:5432"), ("Nodes:0:Region", "us"), ("Nodes:0:Weight", "4"),
            ("Nodes:1:Endpoint", "EU-1.invalid"), ("Nodes:1:Region", "eu"), ("Nodes:1:Weight", "2"));
        Assert.Equal([0.5f, 0.25f], _cluster.Opener.Selector.Terms.Locality.PerWeight.ToArray());
    }

    [Fact]
    public void Renew_ContainerDisposed_IsOver()
    {
        _services.Dispose();
        Change(("MaxReplicaLag", "00:00:03"));
        Assert.Empty(_lines.Of(60));
        Assert.Empty(_lines.Of(63));
    }

    private void Change(params (string Key, string? Value)[] settings)
    {
        foreach (var (key, value) in settings)
        {
            _configuration[$"{Section}:{key}"] = value;
        }

        _configuration.Reload();
    }
}
