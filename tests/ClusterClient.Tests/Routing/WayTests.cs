using ClusterClient.Tests.Fakes;

namespace ClusterClient.Tests.Routing;

/// <summary>When the default policy goes a longer way inside of one place: for as much time as it saves, never for a toll.</summary>
public sealed class WayTests
{
    [Theory]
    // A request or two on each of the near ones is no reason for 20 ms more, although their tolls are.
    [InlineData("R$1*1 R$1*1 R$1^20", "30 30 0")]
    [InlineData("R$1*2 R$1*3 R$1^20", "60 0 0")]
    [InlineData("R$1*9 R$1*9 R$1^20", "30 30 0")]
    // So many that the way is shorter than the wait.
    [InlineData("R$1*20 R$1*20 R$1^20", "0 0 60")]
    [InlineData("R$9*2 R$9*2 R$1^20", "0 0 60")]
    // As long as the way: what they have kept waiting already.
    [InlineData("R$1*1@20 R$1*1@20 R$1^20", "30 30 0")]
    [InlineData("R$1*1@40 R$1*1@40 R$1^20", "0 0 60")]
    // One near one that is free is enough to stay.
    [InlineData("R$1*20 R$1 R$1^20", "0 60 0")]
    // Ways of about the same length are no ways: what is in flight decides.
    [InlineData("R$1*1 R$1*1 R$1^1", "0 0 60")]
    [InlineData("R$1*1^80 R$1*1^82 R$1^84", "0 0 60")]
    // Unknown ones are tried wherever they stand.
    [InlineData("R$1 R$2 R^20", "30 0 30")]
    public void Choose_LongerWay_HasToPay(string nodes, string expected) =>
        Assert.Equal(expected, string.Join(' ', new RoutingTable(nodes).Frequencies("read", 60)));
}
