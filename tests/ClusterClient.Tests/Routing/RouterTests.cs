using ClusterClient.Routing;
using ClusterClient.Tests.Fakes;
using ClusterClient.Topology;

namespace ClusterClient.Tests.Routing;

/// <summary>Rows of <see cref="RoutingTable"/>: what is known, what is asked, and which nodes take turns for it.</summary>
public sealed class RouterTests
{
    /// <summary>Divisible by 1 to 6, so that turns that are even come out even.</summary>
    private const uint Turns = 60;

    [Theory]
    [InlineData("write", "P R R", "0")]
    [InlineData("write us", "R P R/us", "1")]
    [InlineData("write", "R R R", "none")]
    [InlineData("write", "P! R R", "none")]
    [InlineData("write", "C C R", "none")]
    [InlineData("write", "F x R", "none")]
    [InlineData("write", "P*99 R", "0")]
    // Reads: replicas in turn, wherever the primary stands among them.
    [InlineData("read", "P R R", "1 2")]
    [InlineData("read", "R P R R", "0 2 3")]
    [InlineData("read", "R R R P", "0 1 2")]
    [InlineData("read", "P x R ~ R R", "2 4 5")]
    // The caller's region first, then any other.
    [InlineData("read us", "P R R R/us R/us", "3 4")]
    [InlineData("read us", "P R R/us", "2")]
    [InlineData("read us", "P R R x/us", "1 2")]
    // From where there is none: to the nearest of the others.
    [InlineData("read asia", "P R R/us", "1")]
    [InlineData("read asia", "P R/us^9 R^12 R/us^9", "1 3")]
    [InlineData("read us", "P/us R R", "1 2")]
    // Lag: at the bound is fresh enough, beyond it is not, unknown is.
    [InlineData("read", "P R10 R10.001 R", "1 3")]
    [InlineData("read us", "P R R11/us", "1")]
    [InlineData("read", "P R11 R12", "0")]
    // Of which nothing is known yet: the fewest in flight, but never so few that it is worth the way to another region.
    [InlineData("read", "P R*2 R*1 R*1", "2 3")]
    [InlineData("read eu", "P R*9 R/us", "1")]
    // The primary is the last resort, where that is allowed at all.
    [InlineData("read", "P x x", "0")]
    [InlineData("read", "P R*50", "1")]
    [InlineData("read replicas", "P x x", "none")]
    [InlineData("read replicas", "P R x", "1")]
    // Doubted nodes only when there is no other: replicas before the primary.
    [InlineData("read", "P R! R", "2")]
    [InlineData("read us", "P R R!/us", "1")]
    [InlineData("read", "P R! R!", "0")]
    [InlineData("read", "P! R! R!", "1 2")]
    [InlineData("read", "P! x x", "0")]
    [InlineData("read replicas", "P! R! x", "1")]
    [InlineData("read replicas", "P R11!", "none")]
    // Never one with the wrong role or history.
    [InlineData("read", "C C R", "2")]
    [InlineData("read", "C F D f u x ~", "none")]
    [InlineData("write", "C F D f u x ~", "none")]
    public void Choose_Request_TheFitTakeTurnsEvenly(string request, string nodes, string expected)
    {
        var table = new RoutingTable(nodes, RoutingTable.Place(request));
        var chosen = Enumerable.Range(0, (int)Turns).CountBy(t => table.Choose(request, (uint)t)).OrderBy(c => c.Key).ToArray();
        Assert.Equal(expected, string.Join(' ', chosen.Select(c => c.Key < 0 ? "none" : $"{c.Key}")));
        Assert.All(chosen, c => Assert.Equal((int)Turns / chosen.Length, c.Value));
    }

    [Fact]
    public void Choose_TurnPastItsRange_StartsAgain()
    {
        var table = new RoutingTable("P R R");
        Assert.NotEqual(-1, table.Choose("read", uint.MaxValue));
        Assert.NotEqual(-1, table.Choose("read", unchecked(uint.MaxValue + 1)));
    }

    [Theory]
    [InlineData("write", "P R", 0, true)]
    [InlineData("write", "P! R", 0, true)]
    [InlineData("write", "P R", 1, false)]
    [InlineData("write", "x R", 0, false)]
    [InlineData("read", "P R11", 1, true)]
    [InlineData("read", "P R!", 1, true)]
    [InlineData("read", "P ~", 1, false)]
    [InlineData("read", "P D", 1, false)]
    public void StillFits_NodeThatIsBeingOpened_UnlessItsRoleOrLifeIsGone(string request, string nodes, int node, bool fits) =>
        Assert.Equal(fits, Router.StillFits(new RoutingTable(nodes).Request(request), new RoutingTable(nodes).Topology.Nodes[node]));

    [Theory]
    [InlineData(NodeStatus.Online, false, false)]
    [InlineData(NodeStatus.Unreachable, false, false)]
    [InlineData(NodeStatus.Silent, false, false)]
    [InlineData(NodeStatus.Unseen, false, false)]
    [InlineData(NodeStatus.Fenced, true, true)]
    [InlineData(NodeStatus.Foreign, true, true)]
    [InlineData(NodeStatus.Diverged, true, true)]
    [InlineData(NodeStatus.Contested, true, false)]
    public void IsOutOfBounds_Status_ForWritesAndReads(NodeStatus status, bool writes, bool reads)
    {
        Assert.Equal(writes, Router.IsOutOfBounds(RouteIntent.Write, status));
        Assert.Equal(reads, Router.IsOutOfBounds(RouteIntent.Read, status));
    }
}
