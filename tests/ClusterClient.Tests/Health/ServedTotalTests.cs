using ClusterClient.Health;

namespace ClusterClient.Tests.Health;

public sealed class ServedTotalTests
{
    [Fact]
    public void Between_Answers_AreCountedAndSummedUp()
    {
        var total = new ServedTotal();
        total.Add(1_000);
        var before = total.Read();
        total.Add(50);
        total.Add(2_000_000.9f);
        Assert.Equal((2, 2_000_050), ServedTotal.Between(before, total.Read()));
        Assert.Equal((0, 0), ServedTotal.Between(total.Read(), total.Read()));
    }

    [Fact]
    public void Between_CountAndSumOverflow_TheDifferenceIsExact()
    {
        var total = new ServedTotal();
        // Each a bit less than half of what the sum holds; the second wraps it.
        total.Add(500_000_000_000f);
        total.Add(500_000_000_000f);
        for (var i = 0; i < (1 << 24) - 5; i++)
        {
            total.Add(0);
        }

        var before = total.Read();
        for (var i = 0; i < 10; i++)
        {
            total.Add(100_000_000_000f);
        }

        var (requests, microseconds) = ServedTotal.Between(before, total.Read());
        Assert.Equal(10, requests);
        Assert.Equal(10 * (long)100_000_000_000f, microseconds);
    }

    [Fact]
    public async Task Complete_ManyAtOnce_NoneIsLostAndFaultsDoNotCount()
    {
        var state = new NodeState();
        await Task.WhenAll(Enumerable.Range(0, 4).Select(t => Task.Run(() =>
        {
            for (var i = 0; i < 10_000; i++)
            {
                state.Begin(1_000);
                state.Complete(1_000, 1_300, roundTrip: 100, faulted: t == 3);
            }
        })));
        Assert.Equal((30_000, 30_000 * 200), ServedTotal.Between(0, state.Served));
    }
}
