using ClusterClient.Routing;
using ClusterClient.Tests.Fakes;

namespace ClusterClient.Tests.Routing;

/// <summary>Policies as an application chooses and writes them.</summary>
public sealed class CustomPolicyTests
{
    [Theory]
    [InlineData(-1)]
    [InlineData(2)]
    [InlineData(int.MaxValue)]
    public void Choose_PositionOutOfRange_IsAClearError(int position)
    {
        var table = new RoutingTable("P R R", policy: new FixedPolicy("Mine", position));
        var error = Assert.Throws<InvalidOperationException>(() => table.Choose("read"));
        Assert.Equal($"The policy 'Mine' picked position {position} of 2 candidates.", error.Message);
    }

    /// <summary>It is asked only where there is a choice.</summary>
    [Theory]
    [InlineData("P R x", 1)]
    [InlineData("P x x", 0)]
    [InlineData("x x x", -1)]
    public void Choose_NothingToChoose_DoesNotAskThePolicy(string nodes, int expected) =>
        Assert.Equal(expected, new RoutingTable(nodes, policy: new FixedPolicy("Mine", 99)).Choose("read"));

    [Theory]
    [InlineData(0, "R R R", 0)]
    [InlineData(1, "R x R", 2)]
    [InlineData(1, "P R/us R R/us R", 4)]
    public void Choose_Position_IsAmongTheCandidatesOfTheLevel(int position, string nodes, int expected) =>
        Assert.Equal(expected, new RoutingTable(nodes, "eu", new FixedPolicy("Mine", position)).Choose("read eu"));

    [Theory]
    [InlineData(null, "LatencyScored")]
    [InlineData("leastinflight", "LeastInFlight")]
    [InlineData("POWEROFTWO", "PowerOfTwo")]
    [InlineData("RoundRobin", "RoundRobin")]
    [InlineData("Nearest", "Nearest")]
    [InlineData("HotCold", "HotCold")]
    [InlineData("mine", "Mine")]
    [InlineData("nearest", "NEAREST", "NEAREST")]
    public async Task Build_PolicyByName_WhateverItsCase(string? name, string expected, string added = "Mine")
    {
        await using var source = Builder().AddPolicy(new FixedPolicy(added, 0)).Configure(o => o.Policy = name ?? o.Policy).Build();
        Assert.EndsWith($", by {expected}", source.Explain(RouteIntent.Read).Split(Environment.NewLine)[0], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Build_PolicyAddedTwice_LastOneWins()
    {
        await using var source = Builder().AddPolicy(new FixedPolicy("Mine", 0)).AddPolicy(new FixedPolicy("MINE", 1)).Configure(o => o.Policy = "Mine").Build();
        Assert.Contains(", by MINE", source.Explain(RouteIntent.Read), StringComparison.Ordinal);
    }

    [Fact]
    public void Build_UnknownPolicy_NamesThoseThereAre()
    {
        var error = Assert.Throws<InvalidOperationException>(() => Builder().AddPolicy(new FixedPolicy("Mine", 0)).Configure(o => o.Policy = "Fastest").Build());
        Assert.Contains(
            "- Policy is 'Fastest'; there are LatencyScored, LeastInFlight, PowerOfTwo, RoundRobin, Nearest, HotCold, Mine. Add one of your own with AddPolicy.",
            error.Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => Builder().AddPolicy(new FixedPolicy(" ", 0)));
        Assert.Throws<ArgumentNullException>(() => Builder().AddPolicy(null!));
    }

    private static ClusterDataSourceBuilder Builder()
    {
        var clock = new ManualTimeProvider();
        return new ClusterDataSourceBuilder("orders")
            .UseDriver(() => new FakeDriver([new(), new()], clock)).UseTimeProvider(clock).AddNode("db1", "eu").AddNode("db2", "us");
    }
}
