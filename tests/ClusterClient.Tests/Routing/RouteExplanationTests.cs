using ClusterClient.Routing;
using ClusterClient.Tests.Fakes;

namespace ClusterClient.Tests.Routing;

public sealed class RouteExplanationTests
{
    private readonly ManualTimeProvider _clock = new();

    [Fact]
    public void Describe_HealthyRead_SaysWhatSpeaksAgainstEachOther() => Check("read eu", "P R*1 R*2 R/us R11 R!", """
        read from eu -> n1; epoch 1, primary n0, view 120 ms old
          n0  eu  primary  epoch 1  in flight 0  primary: for reads only when no replica can serve them
          n1  eu  replica  epoch 1  in flight 1  chosen
          n2  eu  replica  epoch 1  in flight 2  fit, but no less busy
          n3  us  replica  epoch 1  in flight 0  fit, but farther away
          n4  eu  replica  epoch 1  in flight 0  too stale: 11000 ms behind, 10000 ms allowed
          n5  eu  replica  epoch 1  in flight 0  doubted: a call has just met a fault there
        """);

    [Fact]
    public void Describe_WriteWithoutPrimary_NamesEveryStatus() => Check("write", "P! R x/asia ~ u", """
        write -> no node; epoch 1, primary n0, view 120 ms old
          n0  eu    primary  epoch 1  in flight 0  doubted: a call has just met a fault there
          n1  eu    replica  epoch 1  in flight 0  not the primary
          n2  asia  unknown  epoch 1  in flight 0  unreachable: for a reason
          n3  eu    unknown  epoch 1  in flight 0  silent: for a reason
          n4  eu    unknown  epoch 1  in flight 0  unseen: for a reason
        """);

    [Fact]
    public void Describe_Contested_NamesTheClaimants() => Check("write", "C C R", """
        write -> no node; epoch 1, primary contested by n0 and n1, view 120 ms old
          n0  eu  unknown  epoch 1  in flight 0  contested: for a reason
          n1  eu  unknown  epoch 1  in flight 0  contested: for a reason
          n2  eu  replica  epoch 1  in flight 0  not the primary
        """);

    [Fact]
    public void Describe_ReadsKeptOffThePrimary_SaysSo() => Check("read replicas", "P x", """
        read -> no node; epoch 1, primary n0, view 120 ms old
          n0  eu  primary  epoch 1  in flight 0  primary, and reads are kept off it
          n1  eu  unknown  epoch 1  in flight 0  unreachable: for a reason
        """);

    [Fact]
    public void Describe_NothingSeenYet_SaysSo() => Check("read", "u", """
        read -> no node; epoch 1, primary unknown, view empty: no node has answered yet
          n0  eu  unknown  epoch 1  in flight 0  unseen: for a reason
        """);

    private void Check(string request, string nodes, string expected)
    {
        var table = new RoutingTable(nodes, _clock);
        _clock.Advance(TimeSpan.FromMilliseconds(120));
        var text = RouteExplanation.Describe(RoutingTable.Request(request), table.Topology, table.Health, _clock);
        Assert.Equal(expected.ReplaceLineEndings(), text.ReplaceLineEndings());
    }
}
