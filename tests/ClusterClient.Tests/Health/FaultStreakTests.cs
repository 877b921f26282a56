using ClusterClient.Health;

namespace ClusterClient.Tests.Health;

public sealed class FaultStreakTests
{
    [Theory]
    // Calls in the order in which they end, each as began-ended with a bang for a fault; what each makes of the streak.
    [InlineData("1-2! 3-4! 5-6!", "1 2 3")]
    [InlineData("1-2! 3-4 5-6! 7-8!", "1 0 1 2")]
    [InlineData("1-2! 2-2! 2-2!", "1 2 3")]
    // All were out when the connection broke: one piece of evidence. What began afterwards is another.
    [InlineData("1-9! 2-9! 3-9! 8-10!", "1 0 0 0")]
    [InlineData("1-9! 2-9! 10-11! 8-12! 12-13!", "1 0 2 0 3")]
    [InlineData("1-9! 2-9 3-9! 10-11!", "1 0 0 1")]
    public void Faulted_Calls_CountsThoseThatBeganAfterTheLast(string calls, string lengths)
    {
        var streak = default(FaultStreak);
        List<int> actual = [];
        foreach (var call in calls.Split(' '))
        {
            var times = call.TrimEnd('!').Split('-').Select(long.Parse).ToArray();
            if (call[^1] == '!')
            {
                actual.Add(streak.Faulted(times[0], times[1]));
            }
            else
            {
                streak.Answered();
                actual.Add(0);
            }
        }

        Assert.Equal(lengths, string.Join(' ', actual));
    }

    [Theory]
    [InlineData(0, 2)]
    [InlineData(20, 2)]
    [InlineData(21, 0)]
    public void Length_Since_IsNothingWhenTheLastFaultIsOlder(long since, int expected)
    {
        var streak = default(FaultStreak);
        streak.Faulted(1, 10);
        streak.Faulted(11, 20);
        Assert.Equal(expected, streak.Length(since));
    }
}
