using ClusterClient.Health;
using ClusterClient.Routing;
using ClusterClient.Routing.Policies;
using ClusterClient.Tests.Fakes;

namespace ClusterClient.Tests.Routing;

/// <summary>What routing makes of circuits: whom it avoids, whom it sends the trial, and whom it never takes.</summary>
public sealed class CircuitRoutingTests
{
    [Theory]
    [InlineData("P R=3 R", "read eu", "2")]
    [InlineData("P R=t R", "read eu", "2")]
    [InlineData("P R=i R", "read eu", "2")]
    [InlineData("P R=3 R/us", "read eu", "2")]
    // The break is over: the next read for certain, wherever its caller stands and whatever else speaks for others.
    [InlineData("P R=-1 R", "read eu", "1")]
    [InlineData("P R=-1*9$50 R R R", "read eu", "1")]
    [InlineData("P R R=-1/us", "read eu", "2")]
    [InlineData("P R=-1&20 R", "read eu", "1")]
    [InlineData("P R=-1+2 R", "read eu", "1")]
    // But not where it may not go, nor where the request's own demands are not met.
    [InlineData("P R R=-1/us", "read eu -us", "1")]
    [InlineData("P R R11=-1", "read eu", "1")]
    [InlineData("P R R=-1!", "read eu", "1")]
    [InlineData("P R R=-1%95", "read eu", "1")]
    // When nobody else can serve: after the ejected, before the doubted.
    [InlineData("P R=3 x", "read eu", "0")]
    [InlineData("P R=3 R=t", "read eu replicas", "1 2")]
    [InlineData("x R=3 R&9", "read eu", "2")]
    [InlineData("x R=3 R!", "read eu", "1")]
    [InlineData("x R=3 R11", "read eu", "1")]
    [InlineData("x R11=3 R11", "read eu", "none")]
    // No panic takes it in: it stays alone as long as anyone serves.
    [InlineData("P R=3 R&9 R x x x", "read eu", "2 3")]
    // Never one that is isolated.
    [InlineData("P R=i R=i", "read eu replicas", "none")]
    [InlineData("P=i R", "read eu", "1")]
    [InlineData("P=i R=i", "read eu", "none")]
    [InlineData("P=i R", "write", "none")]
    // Reads at the primary: the last resort, even as its trial.
    [InlineData("P=-1 R", "read eu", "1")]
    [InlineData("P=-1 R=3", "read eu", "0")]
    [InlineData("P=3 R=3", "read eu", "0 1")]
    [InlineData("P=3 R!", "read eu", "0")]
    // Writes wait, or are the trial.
    [InlineData("P=3 R", "write", "none")]
    [InlineData("P=t R", "write", "none")]
    [InlineData("P=-1 R", "write", "0")]
    [InlineData("P!=-1 R", "write", "none")]
    [InlineData("P R=3", "write", "0")]
    public void Choose_Circuits_Decide(string nodes, string request, string expected)
    {
        var table = new RoutingTable(nodes, "eu", new RoundRobin());
        var chosen = Enumerable.Range(0, 600).Select(t => table.Choose(request, (uint)t)).Distinct().Order();
        Assert.Equal(expected, string.Join(' ', chosen.Select(c => c < 0 ? "none" : $"{c}")));
    }

    [Theory]
    [InlineData("P R=3 R", "read eu", "circuit open, for 3000 ms more", CircuitStatus.Open)]
    [InlineData("P R=t R", "read eu", "circuit half-open, its trial is under way", CircuitStatus.HalfOpen)]
    [InlineData("P R=i R", "read eu", "isolated by an operator, until it is reset", CircuitStatus.Isolated)]
    [InlineData("P R=-1 R", "read eu", "chosen, as the trial of its circuit", CircuitStatus.Open)]
    [InlineData("P R=-1 R=-1", "read eu", "circuit half-open: the next call is its trial", CircuitStatus.Open)]
    [InlineData("P R=3 R", "write", "not the primary", CircuitStatus.Open)]
    [InlineData("P R R", "read eu", "chosen", CircuitStatus.Closed)]
    public void Explain_Circuits_AreToldInWordsAndAsData(string nodes, string request, string reason, CircuitStatus circuit)
    {
        var table = new RoutingTable(nodes, "eu", new RoundRobin());
        var assessment = Enumerable.Range(0, 2).Select(t => RouteAssessor.Assess(table.Request(request, (uint)t), table.Topology, table.Selector)[1])
            .First(a => a.Reason == reason);
        Assert.Equal(circuit, assessment.Circuit);
    }

    [Fact]
    public void Choose_CircuitsOpenAndClose_ThePlanKnows()
    {
        var table = new RoutingTable("P R R", "eu", new RoundRobin());
        Assert.Equal([0, 100, 100], table.Frequencies("read eu", 200));
        table.States[1].SetGate(CircuitGate.OpenUntil(table.Clock.Now + 5_000_000));
        Assert.Equal([0, 0, 200], table.Frequencies("read eu", 200));
        table.Time.Advance(TimeSpan.FromSeconds(6));
        Assert.Equal([0, 200, 0], table.Frequencies("read eu", 200));
        table.States[1].SetGate(CircuitGate.Closed);
        Assert.Equal([0, 100, 100], table.Frequencies("read eu", 200));
        Assert.False(table.States[2].Peers.HasGates);
    }
}
