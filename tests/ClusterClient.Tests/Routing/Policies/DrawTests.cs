using ClusterClient.Routing;
using ClusterClient.Tests.Fakes;

namespace ClusterClient.Tests.Routing.Policies;

/// <summary>What a policy of the application's own is given to choose by.</summary>
public sealed class DrawTests
{
    private const int Turns = 100_000;

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(7)]
    [InlineData(100)]
    public void Draw_AnyRange_IsEven(int below)
    {
        for (var draw = 0; draw < 3; draw++)
        {
            var counts = new int[below];
            for (uint turn = 0; turn < Turns; turn++)
            {
                counts[Candidates(turn).Draw(below, draw)]++;
            }

            var deviation = Math.Sqrt((double)Turns / below);
            Assert.All(counts, c => Assert.InRange(c, (Turns / below) - (5 * deviation), (Turns / below) + (5 * deviation)));
        }
    }

    [Fact]
    public void Draw_TwoOfOneRequest_AreIndependent()
    {
        var counts = new int[16];
        for (uint turn = 0; turn < Turns; turn++)
        {
            counts[(Candidates(turn).Draw(4) * 4) + Candidates(turn).Draw(4, 1)]++;
        }

        Assert.All(counts, c => Assert.InRange(c, (Turns / 16) - 400, (Turns / 16) + 400));
    }

    [Fact]
    public void Draw_NeighbouringTurns_HaveNothingInCommon()
    {
        var counts = new int[16];
        for (uint turn = 0; turn < Turns; turn++)
        {
            counts[(Candidates(turn).Draw(4) * 4) + Candidates(turn + 1).Draw(4)]++;
        }

        Assert.All(counts, c => Assert.InRange(c, (Turns / 16) - 400, (Turns / 16) + 400));
    }

    [Fact]
    public void Draw_NothingToDrawFrom_IsRefused()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => Candidates(0).Draw(0));
        Assert.Throws<ArgumentOutOfRangeException>(() => Candidates(0).Draw(-1));
    }

    [Fact]
    public void Candidate_Numbers_AreInTheirUnits()
    {
        var table = new RoutingTable("R$2*1#4^5 R");
        table.States[0].BeginOpen(table.Clock.Now);
        var known = new RouteCandidate(table.View.Slots[0], table.States[0], table.Clock.Now);
        Assert.Equal(("n0", 4.0, 2, 1), (known.Node.Endpoint.Name, known.Weight, known.InFlight, known.Connections));
        Assert.Equal((5.0, 2.0), (known.RoundTrip.TotalMilliseconds, known.ServiceTime.TotalMilliseconds));
        // (1 + 5 × 2 / 4)³ × 2 ms and the way.
        Assert.Equal(90.75, known.Cost, .01);
        var unknown = new RouteCandidate(table.View.Slots[1], table.States[1], table.Clock.Now);
        Assert.Equal(TimeSpan.Zero, unknown.ServiceTime);
    }

    private static RouteCandidates Candidates(uint turn) => new([], [], [], turn, 0);
}
