using ClusterClient.Tests.Fakes;

namespace ClusterClient.Tests.Routing;

/// <summary>How the default policy meets nodes of which this process knows nothing yet.</summary>
public sealed class ColdNodeTests
{
    [Theory]
    // Level with the best, one request at a time.
    [InlineData("R$1 R$5 R", "30 0 30")]
    [InlineData("R$2 R$2 R R", "15 15 15 15")]
    [InlineData("R$1 R$5 R*1", "60 0 0")]
    [InlineData("R$1*3 R$5*3 R*1", "60 0 0")]
    // Busy or slow peers make it no dearer, and a short way no better than the best of them.
    [InlineData("R$1*3 R$5*3 R", "30 0 30")]
    [InlineData("R$1 R^0.1", "30 30")]
    // None is known: by what this process has sent, then by what the server tells of its load, then in turn.
    [InlineData("R R R", "20 20 20")]
    [InlineData("R*1 R R", "0 30 30")]
    [InlineData("R*2 R*1 R*2", "0 60 0")]
    [InlineData("R%50 R%20 R%20", "0 30 30")]
    [InlineData("R%50 R%20*1 R%30", "0 0 60")]
    [InlineData("R%80 R*1", "60 0")]
    public void Choose_UnknownNodes_AreTriedButNotFlooded(string nodes, string expected) =>
        Assert.Equal(expected, string.Join(' ', new RoutingTable(nodes).Frequencies("read", 60)));

    /// <summary>As a process starts: a hundred requests at once, before any answer.</summary>
    [Fact]
    public void Choose_BurstBeforeAnyAnswer_IsSharedOutEvenly()
    {
        var table = new RoutingTable("P R R R R R");
        for (uint turn = 0; turn < 100; turn++)
        {
            table.States[table.Choose("read", turn)].Begin(table.Clock.Now);
        }

        Assert.Equal([0, 20, 20, 20, 20, 20], table.States.Select(s => s.InFlight));
    }

    /// <summary>A node joins a busy group: one request, and no other before that one is answered.</summary>
    [Fact]
    public void Choose_BurstAtANodeThatJoins_SendsItOne()
    {
        var table = new RoutingTable("R$2*4 R$2*4 R");
        for (uint turn = 0; turn < 100; turn++)
        {
            table.States[table.Choose("read", turn)].Begin(table.Clock.Now);
        }

        Assert.Equal(1, table.States[2].InFlight);
        table.States[2].Complete(table.Clock.Now, table.Clock.Now + 2_300, 300, faulted: false);
        Assert.Equal(2, table.Choose("read"));
    }

    [Fact]
    public void Choose_ConnectionThatWasOpenedForIt_IsItsOne()
    {
        var table = new RoutingTable("R$1 R");
        table.States[1].BeginOpen(table.Clock.Now);
        table.States[1].Opened(table.Clock.Now);
        Assert.Equal([60, 0], table.Frequencies("read", 60));
        table.States[1].Unreserve();
        Assert.Equal([30, 30], table.Frequencies("read", 60));
    }
}
