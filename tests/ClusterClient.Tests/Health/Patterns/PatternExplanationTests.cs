using System.Globalization;
using ClusterClient.Health.Patterns;

namespace ClusterClient.Tests.Health.Patterns;

public sealed class PatternExplanationTests
{
    [Fact]
    public void Describe_EveryState_HasItsLine()
    {
        var weights = new StartingWeights(HourOfWeek.Hour(DateTimeOffset.Parse("2026-01-06T14:20:00Z", CultureInfo.InvariantCulture)),
        [
            new() { Score = new(168, 0.724), KnownHours = 168, Rate = 120.4, Now = new(118.2, 2_140), Next = new(9.876, 2_000) },
            new() { Score = new(12, 0.5), KnownHours = 100, Rate = 0.5 },
            new() { Score = new(150, 1.31), KnownHours = 168 },
            new(),
        ]);
        Assert.Equal(
            """
            patterns of orders on Tue 14:00 UTC, kept in /var/patterns.json
              node    state     MASE  judged  known   rate  this hour  next hour  service
              east    active    0.72   168 h  168 h  120/s      118/s     9.88/s  2.14 ms
              west-2  learning  0.50    12 h  100 h  0.5/s          -          -        -
              c       off       1.31   150 h  168 h    0/s          -          -        -
              d       learning     -     0 h    0 h    0/s          -          -        -
            """.ReplaceLineEndings(),
            PatternExplanation.Describe("orders", ["east", "west-2", "c", "d"], weights, "/var/patterns.json").ReplaceLineEndings());
    }
}
