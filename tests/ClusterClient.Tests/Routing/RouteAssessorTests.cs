using ClusterClient.Routing;
using ClusterClient.Routing.Policies;
using ClusterClient.Tests.Fakes;

namespace ClusterClient.Tests.Routing;

public sealed class RouteAssessorTests
{
    [Fact]
    public void Assess_Read_TellsWhatTheDecisionSawOfEveryNode()
    {
        var table = new RoutingTable("P R$2*1 R$8 x");
        var assessments = RouteAssessor.Assess(table.Request("read"), table.Topology, table.Selector);

        Assert.Equal(table.Topology.Nodes, assessments.Select(a => a.Node));
        Assert.Equal([false, false, true, false], assessments.Select(a => a.IsChosen));
        Assert.Equal([0, 1, 0, 0], assessments.Select(a => a.InFlight));
        Assert.Equal([null, 2.0, 8.0, null], assessments.Select(a => a.ServiceTime?.TotalMilliseconds));
        Assert.Equal(8.3, assessments[2].Cost!.Value.TotalMilliseconds, 3);
        Assert.Equal(["chosen", "unreachable: for a reason"], assessments.Skip(2).Select(a => a.Reason));
        Assert.All(assessments, a => Assert.Equal(a.Node.RoundTrip.TotalMilliseconds, a.RoundTrip.TotalMilliseconds, 3));
    }

    [Fact]
    public void Assess_NobodyServes_ChoosesNone()
    {
        var table = new RoutingTable("x ~");
        Assert.DoesNotContain(RouteAssessor.Assess(table.Request("write"), table.Topology, table.Selector), a => a.IsChosen);
    }

    [Theory]
    [InlineData("R$1 R$2", "fit, but not the cheapest")]
    [InlineData("R$1*1 R$1^20", "fit, but its round trip alone would take longer")]
    public void Assess_DefaultPolicy_SaysWhyItPassesANodeOver(string nodes, string reason)
    {
        var table = new RoutingTable(nodes);
        Assert.Equal(reason, RouteAssessor.Assess(table.Request("read"), table.Topology, table.Selector)[1].Reason);
    }

    [Fact]
    public void Assess_OtherPolicy_IsNotTakenForOneThatRanksByCost()
    {
        var table = new RoutingTable("R$9 R$1", policy: new RoundRobin());
        Assert.Equal("fit, but not the pick of RoundRobin", RouteAssessor.Assess(table.Request("read"), table.Topology, table.Selector)[1].Reason);
    }

    [Fact]
    public void Assess_CostBeyondAllTime_IsTheLongestThereIs()
    {
        var table = new RoutingTable("R$90000*2000 x");

        Assert.Equal(TimeSpan.MaxValue, RouteAssessor.Assess(table.Request("read"), table.Topology, table.Selector)[0].Cost);
    }
}
