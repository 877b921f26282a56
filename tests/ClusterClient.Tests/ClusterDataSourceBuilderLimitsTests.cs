using ClusterClient.Resilience;

namespace ClusterClient.Tests;

public sealed class ClusterDataSourceBuilderLimitsTests
{
    public static TheoryData<ConcurrencyLimits, string> Wrong => new()
    {
        { new() { Floor = 0 }, "Limits.Floor is 0; set it between 1 and 10000." },
        { new() { Floor = 200, Ceiling = 100 }, "Limits.Ceiling is 100, below Limits.Floor, which is 200; raise the one or lower the other." },
        { new() { Initial = 5 }, "Limits.Initial is 5; set it between Limits.Floor, which is 10, and Limits.Ceiling, which is 200." },
        { new() { Initial = 201 }, "Limits.Initial is 201; set it between Limits.Floor, which is 10, and Limits.Ceiling, which is 200." },
        { new() { Ceiling = 10_001 }, "Limits.Ceiling is 10001; set it to at most 10000, or use ConcurrencyLimits.None." },
        { new() { MaxQueued = -1 }, "Limits.MaxQueued is -1; set it between 0 and 100000." },
        { new() { MaxQueueTime = TimeSpan.Zero }, "Limits.MaxQueueTime is 00:00:00; set it between 1 ms and one hour." },
        { null!, "Limits is null; set it to ConcurrencyLimits.None for no limits." },
    };

    [Theory]
    [MemberData(nameof(Wrong))]
    public void Validate_Wrong_SaysWhatToDo(ConcurrencyLimits limits, string sentence) =>
        Assert.Equal([sentence], new ClusterOptions { Limits = limits }.Validate());

    [Fact]
    public void Validate_DefaultsAndNone_AreFine()
    {
        Assert.Empty(new ClusterOptions().Validate());
        Assert.Empty(new ClusterOptions { Limits = ConcurrencyLimits.None }.Validate());
        Assert.Empty(new ClusterOptions { Limits = new() { Floor = 1, Initial = 1, Ceiling = 1, MaxQueued = 0 } }.Validate());
    }
}
