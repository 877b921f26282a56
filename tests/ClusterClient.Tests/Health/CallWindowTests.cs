using ClusterClient.Health;

namespace ClusterClient.Tests.Health;

public sealed class CallWindowTests
{
    private const long Second = 1_000_000;

    [Theory]
    // Calls at these seconds, faults with a bang; the time; from when on they count; calls and faults that are seen.
    [InlineData("", 0, 0, 0, 0)]
    [InlineData("0 0! 0", 0, 0, 3, 1)]
    [InlineData("100 100.999 101! 105", 105, 0, 4, 1)]
    [InlineData("100.5!", 109.9, 0, 1, 1)]
    [InlineData("100.5!", 110, 0, 0, 0)]
    [InlineData("100 101 102! 103", 111.5, 0, 2, 1)]
    [InlineData("100! 100! 110", 110, 0, 1, 0)]
    [InlineData("100! 200 230!", 230, 0, 1, 1)]
    // One that comes a whole window late is not counted as new.
    [InlineData("100 110 100!", 110, 0, 1, 0)]
    // Time before a node rose is left out, the second in which it did included.
    [InlineData("100! 101! 102 103", 103, 101.5, 2, 0)]
    [InlineData("100! 101! 102 103", 103, 102, 2, 0)]
    [InlineData("100! 101! 102 103", 103, 104, 0, 0)]
    public void Tally_CallsOverTime_AreThoseOfTheLastTenSeconds(string ends, double now, double since, int calls, int faults)
    {
        var window = new CallWindow();
        foreach (var end in ends.Split(' ', StringSplitOptions.RemoveEmptyEntries))
        {
            var at = double.Parse(end.TrimEnd('!'), System.Globalization.CultureInfo.InvariantCulture);
            window.Add((long)(at * Second), 1_000, end[^1] == '!');
        }

        var tally = window.Tally((long)(now * Second), (long)(since * Second));
        Assert.Equal((calls, faults), (tally.Calls, tally.Faults));
        Assert.Equal(calls == 0 ? 0 : 1_000, tally.TypicalLatency, tolerance: 5);
    }

    [Fact]
    public void Tally_NeverRisen_CountsAll()
    {
        var window = new CallWindow();
        window.Add(5 * Second, 1_000, faulted: true);
        Assert.Equal(1, window.Tally(5 * Second, long.MinValue / 4).Faults);
    }

    [Fact]
    public void Add_ManyThreadsInOneSecond_LosesNothing()
    {
        const int Each = 100_000;
        var window = new CallWindow();
        window.Add(0, 1, faulted: true);
        // The first calls of the second clear what was left of an earlier one, once.
        window.Add(10 * Second, 1_000, faulted: false);
        Parallel.For(0, 4, thread =>
        {
            for (var i = 0; i < Each; i++)
            {
                window.Add((10 * Second) + i, 1_000, faulted: i % 10 == thread);
            }
        });
        var tally = window.Tally(10 * Second, 0);
        Assert.Equal((1 + (4 * Each), 4 * Each / 10), (tally.Calls, tally.Faults));
        Assert.Equal(1_000, tally.TypicalLatency, tolerance: 5);
    }

    [Fact]
    public void Add_ManyThreadsWhileTimeGoesOn_StaysPlausible()
    {
        const int Each = 200_000;
        var window = new CallWindow();
        Parallel.For(0, 4, _ =>
        {
            for (var i = 0; i < Each; i++)
            {
                // Forty seconds, so that every bucket is turned four times while others add to it.
                window.Add(i * (40 * Second / Each), 1_000, faulted: i % 2 == 0);
            }
        });
        var tally = window.Tally((40 * Second) - 1, 0);
        // A few may have been held up between finding their bucket and adding to it.
        Assert.InRange(tally.Calls, 1, Each + (Each / 100));
        Assert.InRange(tally.FaultRatio, 0.4, 0.6);
        Assert.Equal(1_000, tally.TypicalLatency, tolerance: 5);
    }
}
