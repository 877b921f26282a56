using ClusterClient.Health;

namespace ClusterClient.Tests.Health;

public sealed class OutstandingTests
{
    [Theory]
    [InlineData("", 1_000, 0, 0)]
    [InlineData("400", 1_000, 1, 600)]
    [InlineData("100 200 300", 1_000, 3, 2_400)]
    [InlineData("100 200 300 -200", 1_000, 2, 1_600)]
    [InlineData("100 -100", 1_000, 0, 0)]
    [InlineData("0 0 0", 5, 3, 15)]
    // One began after the reader took its time: less than nothing, rather than years.
    [InlineData("1005", 1_000, 1, -5)]
    [InlineData("900 1005", 1_000, 2, 95)]
    public void Age_Requests_IsTheSumOfTheirs(string begun, long now, int count, long age)
    {
        var outstanding = default(Outstanding);
        Play(ref outstanding, begun, 0);
        Assert.Equal((count, age), (Outstanding.Count(outstanding.Read()), Outstanding.Age(outstanding.Read(), now)));
    }

    /// <summary>Sums that overflow, and clocks that have: only differences count.</summary>
    [Theory]
    [InlineData(0)]
    [InlineData((1L << 40) - 7)]
    [InlineData((1L << 47) - 500)]
    [InlineData((1L << 48) - 500)]
    [InlineData((1L << 62) + 12_345)]
    [InlineData(-1_000_000_000)]
    public void Age_AnyTimes_AreModulo(long start)
    {
        var outstanding = default(Outstanding);
        Play(ref outstanding, "100 200 300 400 -300", start);
        Assert.Equal((3, 2_300), (Outstanding.Count(outstanding.Read()), Outstanding.Age(outstanding.Read(), start + 1_000)));
        Play(ref outstanding, "-100 -200 -400", start);
        Assert.Equal(0, outstanding.Read());
    }

    [Fact]
    public void Age_AsManyAsThereMayBe_IsRightAndEndsAtZero()
    {
        const long Start = 987_654_321_000;
        const int Most = (1 << 16) - 1;
        var outstanding = default(Outstanding);
        for (var i = 0; i < Most; i++)
        {
            outstanding.Begin(Start + i);
        }

        Assert.Equal(Most, Outstanding.Count(outstanding.Read()));
        Assert.Equal((long)Most * (Most + 1) / 2, Outstanding.Age(outstanding.Read(), Start + Most));
        for (var i = Most - 1; i >= 0; i--)
        {
            outstanding.End(Start + i);
        }

        Assert.Equal(0, outstanding.Read());
    }

    /// <summary>Read while others write: the two numbers always belong together.</summary>
    [Fact]
    public async Task Load_ManyThreads_NeverTellsAnAgeOfYears()
    {
        const int Threads = 4;
        const int Rounds = 50_000;
        const long Start = 1_000_000_000_000;
        var state = new NodeState();
        var running = Threads;
        var writers = Enumerable.Range(0, Threads).Select(t => Task.Run(() =>
        {
            for (var i = 0; i < Rounds; i++)
            {
                var at = Start + ((i * 7919L) + t) % 1_000;
                state.Begin(at);
                if (i % 2 == 0)
                {
                    state.End(at);
                }
                else
                {
                    state.Complete(at, Start + 1_000, 0, faulted: false);
                }
            }

            Interlocked.Decrement(ref running);
        })).ToArray();
        while (Volatile.Read(ref running) > 0)
        {
            var load = state.Load(Start + 1_000, 0);
            Assert.InRange(load.InFlight, 0, Threads);
            Assert.InRange(load.Age, load.InFlight, load.InFlight * 1_000f);
        }

        await Task.WhenAll(writers);
        var after = state.Load(Start + 5_000_000, 0);
        Assert.Equal((0, 0f), (after.InFlight, after.Age));
    }

    private static void Play(ref Outstanding outstanding, string begun, long start)
    {
        foreach (var word in begun.Split(' ', StringSplitOptions.RemoveEmptyEntries))
        {
            var at = start + long.Parse(word.TrimStart('-'), System.Globalization.CultureInfo.InvariantCulture);
            if (word[0] == '-')
            {
                outstanding.End(at);
            }
            else
            {
                outstanding.Begin(at);
            }
        }
    }
}
