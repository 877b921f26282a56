using ClusterClient.Resilience;
using Polly;

namespace ClusterClient.Tests.Resilience;

public sealed class RetryPolicyTests
{
    public static TheoryData<RetryPolicy, string[]> Policies => new()
    {
        { RetryPolicy.Default, [] },
        { RetryPolicy.None, [] },
        { new() { MaxRetries = 100, FirstDelay = TimeSpan.Zero, MaxDelay = TimeSpan.Zero, BudgetRatio = 10, BudgetPerSecond = 10_000 }, [] },
        { new() { MaxRetries = -1 }, ["MaxRetries is -1"] },
        { new() { MaxRetries = 101 }, ["MaxRetries is 101"] },
        { new() { FirstDelay = TimeSpan.FromTicks(-1) }, ["FirstDelay is -"] },
        { new() { FirstDelay = TimeSpan.FromMinutes(2), MaxDelay = TimeSpan.FromMinutes(2) }, ["FirstDelay is 00:02"] },
        { new() { FirstDelay = TimeSpan.FromSeconds(2) }, ["MaxDelay is 00:00:01; set it between FirstDelay and"] },
        { new() { MaxDelay = TimeSpan.FromMinutes(11) }, ["MaxDelay is 00:11"] },
        { new() { BudgetRatio = -0.1, BudgetPerSecond = 20_000 }, ["BudgetRatio is -0", "BudgetPerSecond is 20000"] },
        { new() { BudgetRatio = double.NaN, BudgetPerSecond = double.NaN }, ["BudgetRatio is NaN", "BudgetPerSecond is NaN"] },
    };

    [Theory]
    [MemberData(nameof(Policies))]
    public void Validate_Setting_NamesWhatIsWrong(RetryPolicy policy, string[] errors)
    {
        var found = policy.Validate().ToArray();

        Assert.Equal(errors.Length, found.Length);
        Assert.All(errors.Zip(found), pair => Assert.Contains(pair.First, pair.Second, StringComparison.Ordinal));
    }

    [Fact]
    public void IsNone_OwnPipeline_IsNot()
    {
        Assert.True(RetryPolicy.None.IsNone);
        Assert.False((RetryPolicy.None with { Pipeline = ResiliencePipeline.Empty }).IsNone);
        Assert.False(RetryPolicy.Default.IsNone);
    }
}
