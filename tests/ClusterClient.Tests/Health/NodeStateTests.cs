using ClusterClient.Health;

namespace ClusterClient.Tests.Health;

public sealed class NodeStateTests
{
    private const long Now = 50_000_000;
    private readonly PeerState _peers = new();

    [Fact]
    public void Load_NothingYet_IsUnknown()
    {
        var state = new NodeState();
        Assert.Equal(new NodeLoad(0, 0, 0, 0), state.Load(Now, 300));
        Assert.False(state.IsKnown);
        Assert.False(state.Load(Now, 300).IsKnown);
        Assert.False(state.IsEjected(0));
    }

    [Fact]
    public void Complete_Answer_TeachesAndEnds()
    {
        var state = new NodeState(_peers);
        state.Begin(Now - 2_300);
        Assert.Equal((1, false), (state.InFlight, state.IsKnown));
        state.Complete(Now - 2_300, Now, 300, faulted: false);
        Assert.Equal((0, true), (state.InFlight, state.IsKnown));
        Assert.Equal(new NodeLoad(0, 2_000, 0, 2_000), state.Load(Now, 300));
    }

    [Fact]
    public void Complete_Fault_CountsASecondMore()
    {
        var state = new NodeState(_peers);
        state.Begin(Now - 1_000);
        state.Complete(Now - 1_000, Now, 0, faulted: true);
        Assert.Equal(1_001_000, state.Load(Now, 0).Service);
    }

    [Fact]
    public void End_GivenUp_TeachesNothing()
    {
        var state = new NodeState(_peers);
        state.Begin(Now);
        state.End(Now);
        Assert.Equal((0, false, 0f), (state.InFlight, state.IsKnown, _peers.Service));
    }

    [Theory]
    // The network's part of each is no sign of a freeze.
    [InlineData(1, 5_000, 300, 4_700)]
    [InlineData(3, 5_000, 300, 14_100)]
    [InlineData(3, 200, 300, 0)]
    [InlineData(1, -10, 0, 0)]
    public void Load_InFlight_AgesNetOfTheNetwork(int requests, long old, float roundTrip, float age)
    {
        var state = new NodeState();
        for (var i = 0; i < requests; i++)
        {
            state.Begin(Now - old);
        }

        Assert.Equal(new NodeLoad(requests, 0, age, 0), state.Load(Now, roundTrip));
    }

    [Fact]
    public void Load_OpenedConnection_IsExpectedToSendButDoesNotAge()
    {
        var state = new NodeState();
        state.BeginOpen(Now);
        Assert.Equal((1, 1), (state.Connections, state.InFlight));
        state.Opened(Now);
        Assert.Equal(new NodeLoad(1, 0, 0, 0), state.Load(Now + 60_000_000, 300));
        state.Unreserve();
        Assert.Equal((1, 0), (state.Connections, state.InFlight));
        state.Closed();
        Assert.Equal((0, 0), (state.Connections, state.InFlight));
    }

    [Fact]
    public void Load_SlowNodeUnheard_IsTriedAgainBeforeItsPeers()
    {
        var (slow, quick) = (new NodeState(_peers), new NodeState(_peers));
        for (var i = 0; i < 200; i++)
        {
            Serve(quick, Now, 2_000);
        }

        Serve(slow, Now, 500_000);
        var later = Now + 600_000_000;
        Serve(quick, later, 2_000);
        Assert.Equal(_peers.Service / 2, slow.Load(later, 0).Service, 1f);
        Assert.InRange(slow.Load(Now + 1, 0).Service, 499_000, 500_000);
    }

    private static void Serve(NodeState state, long now, long latency)
    {
        state.Begin(now - latency);
        state.Complete(now - latency, now, 0, faulted: false);
    }
}
