using ClusterClient.Routing;
using ClusterClient.Tests.Fakes;

namespace ClusterClient.Tests.Routing;

public sealed class RouteExplanationTests
{
    [Fact]
    public void Describe_Read_SaysWhatSpeaksAgainstEachOther() => Check(
        "read eu:a -as", "P$1 R/eu:a$2 R/eu:b$1 R/eu:a$8*2 R/us$5 R11 R! R%95$3 R/as R&20$4 R+7.5$4 x/us:c", """
        read from eu -> n1; epoch 1, primary n0, view 120 ms old, by LatencyScored
          node  place  role     epoch       lag  in flight  round trip  service      cost
          n0    eu     primary      1         -          0      0.3 ms     1 ms    1.3 ms  primary: for reads only when no replica can serve them
          n1    eu/a   replica      1         -          0      0.3 ms     2 ms    2.3 ms  chosen
          n2    eu/b   replica      1         -          0      0.3 ms     1 ms    1.3 ms  fit, but farther away
          n3    eu/a   replica      1         -          2      0.3 ms     8 ms  10648 ms  fit, but not the cheapest
          n4    us     replica      1         -          0       12 ms     5 ms     17 ms  fit, but farther away
          n5    eu     replica      1  11000 ms          0      0.3 ms  unknown         -  too stale: 11000 ms behind, 10000 ms allowed
          n6    eu     replica      1         -          0      0.3 ms  unknown         -  doubted: a call has just met a fault there
          n7    eu     replica      1         -          0      0.3 ms     3 ms    3.3 ms  near its connection limit: 95 of 100 in use
          n8    as     replica      1         -          0       12 ms  unknown         -  as is not allowed for reads by the region rule
          n9    eu     replica      1         -          0      0.3 ms     4 ms    4.3 ms  ejected as an outlier, for 20000 ms more: 5 faults in a row
          n10   eu     replica      1         -          0      0.3 ms     4 ms    4.3 ms  fit, in slow start: for 25 % of the requests
          n11   us/c   unknown      1         -          0       12 ms  unknown         -  unreachable: for a reason
        """);

    [Fact]
    public void Describe_WriteWithoutPrimary_NamesEveryStatus() => Check("write", "P! R x/asia ~ u F D f", """
        write -> no node; epoch 1, primary n0, view 120 ms old
          node  place  role     epoch  lag  in flight  round trip  service  cost
          n0    eu     primary      1    -          0      0.3 ms  unknown     -  doubted: a call has just met a fault there
          n1    eu     replica      1    -          0      0.3 ms  unknown     -  not the primary
          n2    asia   unknown      1    -          0      0.3 ms  unknown     -  unreachable: for a reason
          n3    eu     unknown      1    -          0      0.3 ms  unknown     -  silent: for a reason
          n4    eu     unknown      1    -          0        0 ms  unknown     -  unseen: for a reason
          n5    eu     unknown      1    -          0      0.3 ms  unknown     -  fenced: for a reason
          n6    eu     unknown      1    -          0      0.3 ms  unknown     -  diverged: for a reason
          n7    eu     unknown      1    -          0      0.3 ms  unknown     -  foreign: for a reason
        """);

    [Fact]
    public void Describe_Write_AsksOnlyForThePrimary() => Check("write", "P/us*3$2%97 R R/us! R11", """
        write -> n0; epoch 1, primary n0, view 120 ms old
          node  place  role     epoch       lag  in flight  round trip  service     cost
          n0    us     primary      1         -          3      0.3 ms     2 ms  8192 ms  chosen
          n1    eu     replica      1         -          0      0.3 ms  unknown        -  not the primary
          n2    us     replica      1         -          0      0.3 ms  unknown        -  not the primary
          n3    eu     replica      1  11000 ms          0      0.3 ms  unknown        -  not the primary
        """);

    [Fact]
    public void Describe_WriteWherePrimaryIsDenied_SaysSo() => Check("write us -eu", "P R/us", """
        write from us -> no node; epoch 1, primary n0, view 120 ms old
          node  place  role     epoch  lag  in flight  round trip  service  cost
          n0    eu     primary      1    -          0       12 ms  unknown     -  eu is not allowed for writes by the region rule
          n1    us     replica      1    -          0      0.3 ms  unknown     -  not the primary
        """);

    [Fact]
    public void Describe_Contested_NamesTheClaimants() => Check("write", "C C R", """
        write -> no node; epoch 1, primary contested by n0 and n1, view 120 ms old
          node  place  role     epoch  lag  in flight  round trip  service  cost
          n0    eu     unknown      1    -          0      0.3 ms  unknown     -  contested: for a reason
          n1    eu     unknown      1    -          0      0.3 ms  unknown     -  contested: for a reason
          n2    eu     replica      1    -          0      0.3 ms  unknown     -  not the primary
        """);

    [Fact]
    public void Describe_ReadsKeptOffThePrimary_SaysSo() => Check("read replicas", "P x", """
        read -> no node; epoch 1, primary n0, view 120 ms old, by LatencyScored
          node  place  role     epoch  lag  in flight  round trip  service  cost
          n0    eu     primary      1    -          0      0.3 ms  unknown     -  primary, and reads are kept off it
          n1    eu     unknown      1    -          0      0.3 ms  unknown     -  unreachable: for a reason
        """);

    [Fact]
    public void Describe_NothingSeenYet_SaysSo() => Check("read", "u", """
        read -> no node; epoch 1, primary unknown, view empty: no node has answered yet, by LatencyScored
          node  place  role     epoch  lag  in flight  round trip  service  cost
          n0    eu     unknown      1    -          0        0 ms  unknown     -  unseen: for a reason
        """);

    private static void Check(string request, string nodes, string expected)
    {
        var table = new RoutingTable(nodes, RoutingTable.Place(request), seenAgo: TimeSpan.FromMilliseconds(120));
        var text = RouteExplanation.Describe(table.Request(request), table.Scope(request), table.Topology, table.Selector, table.Time);
        Assert.Equal(expected.ReplaceLineEndings(), text.ReplaceLineEndings());
    }
}
