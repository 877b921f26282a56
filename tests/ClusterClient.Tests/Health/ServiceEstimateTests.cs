using ClusterClient.Health;

namespace ClusterClient.Tests.Health;

public sealed class ServiceEstimateTests
{
    /// <summary>Ten seconds.</summary>
    private const float Fading = 1e-7f;

    [Theory]
    [InlineData(2_000, 300, false, 1_700)]
    [InlineData(2_000, 0, false, 2_000)]
    // Quicker than the floor, or than the network is supposed to be: noise.
    [InlineData(340, 300, false, 50)]
    [InlineData(350, 300, false, 50)]
    [InlineData(351, 300, false, 51)]
    [InlineData(100, 300, false, 50)]
    [InlineData(0, 0, false, 50)]
    // A fault costs a second on top, so that failing fast never looks fast.
    [InlineData(2_000, 300, true, 1_001_700)]
    [InlineData(0, 300, true, 1_000_050)]
    public void Sample_Latency_IsNetOfTheNetworkAndOfNoise(long latency, float roundTrip, bool faulted, float expected) =>
        Assert.Equal(expected, ServiceEstimate.Sample(latency, roundTrip, faulted));

    [Theory]
    [InlineData("12.5", 12.5)]
    [InlineData("100 120", 110)]
    [InlineData("100 50", 75)]
    [InlineData("100 50 50", 62.5)]
    [InlineData("100 100 100 100", 100)]
    [InlineData("1000 2000 4000 8000", 5375)]
    // Three answers after a fault an eighth of it is left.
    [InlineData("1001000 1000 1000 1000", 126000)]
    public void After_Samples_HalfOfEachDifference(string samples, float expected)
    {
        var service = samples.Split(' ').Aggregate(0f, (s, sample) => ServiceEstimate.After(s, float.Parse(sample, System.Globalization.CultureInfo.InvariantCulture), ServiceEstimate.UsualWeight));
        Assert.Equal(expected, service, 1e-3f);
    }

    [Theory]
    [InlineData(4_000, 4_000, 0, 4_000)]
    // Nothing came back for 5, 10, 20 s: toward half of what its peers need, from above or from below.
    [InlineData(10_000, 4_000, 5_000_000, 6_852)]
    [InlineData(10_000, 4_000, 10_000_000, 4_943)]
    [InlineData(10_000, 4_000, 20_000_000, 3_083)]
    [InlineData(1_000, 4_000, 10_000_000, 1_632)]
    [InlineData(10_000, 4_000, 3_600_000_000, 2_000)]
    // Told a moment after the reader took its time.
    [InlineData(10_000, 4_000, -500, 10_000)]
    public void Now_Unheard_IsForgottenTowardHalfThePeers(float service, float peers, long unheard, float exact) =>
        Assert.InRange(ServiceEstimate.Now(service, peers, unheard, Fading), exact - (Math.Abs(service - (peers / 2)) * 0.018f) - 1, exact + (Math.Abs(service - (peers / 2)) * 0.018f) + 1);

    /// <summary>What is forgotten is approximated, never by more than its documentation says, and never the wrong way.</summary>
    [Fact]
    public void Now_AnyTime_IsWithinItsBoundOfTheExponential()
    {
        var before = 1f;
        for (long unheard = 0; unheard < 300_000_000; unheard += 50_000)
        {
            var left = ServiceEstimate.Now(1_000_000, 0, unheard, Fading) / 1_000_000;
            Assert.InRange(left, Math.Exp(-unheard / 1e7) - 0.018, Math.Exp(-unheard / 1e7) + 1e-5);
            Assert.InRange(left, 0, before);
            before = left;
        }
    }

    [Fact]
    public void PeerState_Samples_AreThreeHundredthsEach()
    {
        var peers = new PeerState();
        Assert.Equal(0, peers.Service);
        peers.Add(1_000);
        Assert.Equal(1_000, peers.Service);
        peers.Add(2_000);
        Assert.Equal(1_030, peers.Service, 1e-2f);
        peers.Add(1_030);
        Assert.Equal(1_030, peers.Service, 1e-2f);
    }
}
