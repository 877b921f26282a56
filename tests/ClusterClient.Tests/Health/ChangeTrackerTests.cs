using ClusterClient.Health;

namespace ClusterClient.Tests.Health;

/// <summary>Noise about something that stays is told from something that moves, whatever the noise.</summary>
public sealed class ChangeTrackerTests
{
    private const float Mean = 2_000;
    private const long Gap = 10_000;

    [Fact]
    public void Weight_NothingObserved_IsTheUsual()
    {
        var tracker = new ChangeTracker();
        Assert.Equal((ServiceEstimate.UsualWeight, ServiceEstimate.UsualFading), (tracker.Weight, tracker.Fading));
    }

    [Theory]
    [InlineData("even")]
    [InlineData("exponential")]
    [InlineData("two-valued")]
    public void Weight_NoiseAboutWhatStays_IsTheUsual(string noise)
    {
        var random = new Random(20_261_121);
        var (weight, fading) = After(_ => noise switch
        {
            "even" => Mean * 2 * random.NextSingle(),
            "exponential" => -Mean * MathF.Log(1 - random.NextSingle()),
            _ => random.Next(2) * 2 * Mean,
        });
        Assert.InRange(weight, 0.5f, 0.7f);
        Assert.InRange(fading, ServiceEstimate.UsualFading, 1f / Gap / 8);
    }

    [Theory]
    [InlineData(10)]
    [InlineData(50)]
    public void Weight_TwoSpeedsByTurns_IsAllOfIt(int samplesAtEach)
    {
        var random = new Random(20_261_121);
        var (weight, fading) = After(i => (i / samplesAtEach % 2 == 0 ? 200 : 4_000) * (0.9f + (0.2f * random.NextSingle())));
        Assert.Equal(1, weight);
        Assert.Equal(ServiceEstimate.UsualFading + (1f / (2 * Gap)), fading, 1e-7f);
    }

    [Theory]
    [InlineData(2_000, 1_000, 2_000, 0.25)]
    [InlineData(1_000, 2_000, 2_000, -0.25)]
    [InlineData(1_000_000, 2_000, 2_000, 1)]
    [InlineData(0, 1_000_000, 2_000, -1)]
    [InlineData(5_000, 1_000, 0, 0)]
    public void Difference_Samples_IsOfTwiceTheMeanAndBounded(float sample, float last, float peers, float expected) =>
        Assert.Equal(expected, ChangeTracker.Difference(sample, last, peers));

    /// <summary>What it found reaches the estimates: after a change of speed one answer is enough.</summary>
    [Fact]
    public void NodeState_RestlessPeers_BelieveTheNewestAnswer()
    {
        var (peers, now, random) = (new PeerState(), 1_000_000_000L, new Random(20_261_121));
        var state = new NodeState(peers);
        for (var i = 0; i < 3_000; i++)
        {
            Serve((i / 20 % 2 == 0 ? 200 : 4_000) + random.Next(100));
        }

        Serve(200);
        Serve(4_000);
        Assert.Equal(4_000, state.Load(now, 0).Service, 1f);
        Assert.InRange(state.Load(now + (20 * Gap), 0).Service, peers.Service / 2, 4_000 * 0.6f);

        void Serve(long latency)
        {
            now += Gap;
            state.Begin(now - latency);
            state.Complete(now - latency, now, 0, faulted: false);
        }
    }

    /// <summary>And what is only noise does not: the newest answer counts half, or little more.</summary>
    [Fact]
    public void NodeState_NoisyPeers_BelieveTheNewestAnswerHalf()
    {
        var (peers, now, random) = (new PeerState(), 1_000_000_000L, new Random(20_261_121));
        var state = new NodeState(peers);
        for (var i = 0; i < 3_000; i++)
        {
            Serve(random.Next(100, 4_000));
        }

        var before = state.Load(now, 0).Service;
        Serve(6_000);
        Assert.InRange((state.Load(now, 0).Service - before) / (6_000 - before), 0.5f, 0.7f);

        void Serve(long latency)
        {
            now += Gap;
            state.Begin(now - latency);
            state.Complete(now - latency, now, 0, faulted: false);
        }
    }

    private static (float Weight, float Fading) After(Func<int, float> sample)
    {
        var tracker = new ChangeTracker();
        var (last, before) = (sample(0), 0f);
        for (var i = 1; i < 5_000; i++)
        {
            var next = sample(i);
            var difference = ChangeTracker.Difference(next, last, Mean);
            tracker.Observe(difference, before, Gap);
            (last, before) = (next, difference);
        }

        return (tracker.Weight, tracker.Fading);
    }
}
