using ClusterClient.Resilience;

namespace ClusterClient.Tests.Resilience;

public sealed class RetryBudgetTests
{
    private const long Second = 1_000_000;
    private const long Start = 1_000 * Second;

    [Theory]
    [InlineData(0, 30)]
    [InlineData(100, 50)]
    [InlineData(1_000, 230)]
    [InlineData(10_000, 2_030)]
    public void TryRetry_FirstAttemptsEnded_GivesAShareAndTheReserve(int ended, int retries)
    {
        var spent = 0;
        // What was sent again has ended as well, and earns nothing.
        var budget = new RetryBudget(0.2, 3, _ => ended + spent);
        for (; spent <= retries && budget.TryRetry(Start + spent); spent++)
        {
        }

        Assert.Equal(retries, spent);
        Assert.False(budget.TryHedge(Start + spent, allowed: 1_000));
    }

    [Fact]
    public void TryRetry_TenSecondsLater_HasItAllBack()
    {
        var budget = new RetryBudget(0, 1, _ => 0);
        for (var i = 0; i < 10; i++)
        {
            Assert.True(budget.TryRetry(Start + (i * Second)));
        }

        Assert.False(budget.TryRetry(Start + (9 * Second)));
        // Each second that leaves the window gives back what was spent in it.
        Assert.True(budget.TryRetry(Start + (10 * Second)));
        Assert.False(budget.TryRetry(Start + (10 * Second)));
    }

    [Fact]
    public void TryRetry_PolicyOfNone_IsAlwaysRefused() =>
        Assert.False(new RetryBudget(RetryPolicy.None.BudgetRatio, RetryPolicy.None.BudgetPerSecond, _ => 1_000_000).TryRetry(Start));

    /// <summary>Whatever the load does: in any ten seconds, no more is sent again than the share of the first attempts and the reserve.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public void TryRetry_AnyLoad_KeepsTheBound(int seed)
    {
        var random = new Random(seed);
        var (ratio, perSecond) = (random.NextDouble(), random.Next(1, 10));
        var first = new List<long>();
        var again = new List<long>();
        var budget = new RetryBudget(ratio, perSecond, now => Within(first, now) + Within(again, now));
        var now = Start;
        for (var step = 0; step < 20_000; step++)
        {
            // Bursts, steady load and pauses, one after the other.
            now += (step / 500 % 3) switch { 0 => random.Next(1, 1_000), 1 => random.Next(1, 20_000), _ => random.Next(100) == 0 ? 2 * Second : random.Next(1, 500) };
            first.Add(now);
            for (var asked = random.Next(4); asked > 0 && budget.TryRetry(++now); asked--)
            {
                again.Add(now);
            }
        }

        Assert.True(again.Count > 100);
        // In any ten seconds, so also in those before each retry.
        foreach (var (count, at) in again.Select((at, i) => (i + 1, at)))
        {
            var before = again.BinarySearch(((at / Second) - 9) * Second);
            var spent = count - (before < 0 ? ~before : before);
            Assert.True(spent <= (ratio * Within(first, at)) + (10 * perSecond), $"seed {seed}: {spent} at {at}");
        }
    }

    // The last ten seconds as those count them who keep count: in whole ones, the present one included.
    private static int Within(List<long> times, long now)
    {
        var at = times.BinarySearch(((now / Second) - 9) * Second);
        var end = times.BinarySearch(now + 1);
        return (end < 0 ? ~end : end) - (at < 0 ? ~at : at);
    }
}
