using ClusterClient.Resilience;

namespace ClusterClient.Tests.Resilience;

public sealed class HedgeBudgetTests
{
    private const long Second = 1_000_000;

    [Fact]
    public void TryHedge_TakesItsShareAndNoMore()
    {
        var budget = new RetryBudget(0.2, 0, _ => 1_000);
        Assert.Equal(1, budget.HedgesLeft(50 * Second, 4));
        Assert.Equal(4, Enumerable.Range(0, 100).Count(_ => budget.TryHedge(50 * Second, 4)));
        Assert.Equal(0, budget.HedgesLeft(50 * Second, 4));
        Assert.Equal(0.5, budget.HedgesLeft(50 * Second, 8));
        Assert.False(budget.TryHedge(59 * Second, 4.9));
        Assert.True(budget.TryHedge(60 * Second, 4));
    }

    [Fact]
    public void TryHedge_RetriesSpentTheBudget_IsRefused()
    {
        var budget = new RetryBudget(0.2, 1, _ => 0);
        Assert.Equal(10, Enumerable.Range(0, 100).Count(_ => budget.TryRetry(50 * Second)));
        Assert.False(budget.TryHedge(50 * Second, 100));
        Assert.True(budget.TryHedge(60 * Second, 100));
    }

    [Fact]
    public void TryHedge_CostsWhatARetryCosts()
    {
        var budget = new RetryBudget(0.2, 1, _ => 0);
        Assert.Equal(6, Enumerable.Range(0, 6).Count(_ => budget.TryHedge(50 * Second, 100)));
        Assert.Equal(4, Enumerable.Range(0, 100).Count(_ => budget.TryRetry(50 * Second)));
    }

    [Fact]
    public void Count_LastTenSeconds()
    {
        var count = new RecentCount();
        Assert.Equal(0, count.Read(0));
        foreach (var second in Enumerable.Range(0, 30))
        {
            count.Add(second * Second);
            count.Add((second * Second) + 1);
            Assert.Equal(2 * Math.Min(second + 1, 10), count.Read((second * Second) + 2));
        }

        Assert.Equal(10, count.Read(34 * Second));
        Assert.Equal(0, count.Read(39 * Second));
    }

    [Fact]
    public void Count_FromManyThreads_LosesNone()
    {
        var count = new RecentCount();
        Parallel.For(0, 50_000, i => count.Add(7 * Second + (i % 2 * Second)));
        Assert.Equal(50_000, count.Read(8 * Second));
    }
}
