using System.Collections.Immutable;
using System.Globalization;
using ClusterClient.Health;
using ClusterClient.Health.Patterns;
using ClusterClient.Tests.Fakes;

namespace ClusterClient.Tests.Health.Patterns;

public sealed class PatternOptimiserTests
{
    private readonly ManualTimeProvider _clock = new();
    private readonly ImmutableArray<NodeState> _states = [new(), new()];

    [Theory]
    // A sample belongs where most of it lies, also over the turn of the week.
    [InlineData("2026-01-04T23:59:30Z", 167)]
    [InlineData("2026-01-05T00:00:20Z", 167)]
    [InlineData("2026-01-05T00:00:40Z", 0)]
    [InlineData("2026-01-05T00:59:59Z", 0)]
    public void Observe_SampleAcrossATurn_GoesWhereMostOfItLies(string at, int bucket)
    {
        _clock.UtcNow = Time(at) - TimeSpan.FromMinutes(1);
        var optimiser = Optimiser();
        Observe(optimiser, TimeSpan.FromMinutes(1), requests: 60);
        // Another 44 minutes of the same hour, which is learnt from only if it has that sample too, and the first of the next.
        var hour = HourOfWeek.Hour(Time(at) - TimeSpan.FromSeconds(30));
        _clock.UtcNow = HourOfWeek.Start(hour) + TimeSpan.FromMinutes(5);
        for (var i = 0; i < 11; i++)
        {
            Observe(optimiser, TimeSpan.FromMinutes(4), requests: 240);
        }

        _clock.UtcNow = HourOfWeek.Start(hour + 1) + TimeSpan.FromMinutes(1);
        Assert.True(Observe(optimiser, TimeSpan.FromMinutes(1), requests: 0));
        var known = Assert.Single(optimiser.Memories, m => m.Node == "a").Profile.Buckets.ToArray().Index().Single(b => b.Item.Weeks > 0);
        Assert.Equal((bucket, 1f, 4_900f), (known.Index, known.Item.Rate, known.Item.Service));
    }

    [Fact]
    public void Observe_ProcessStoodStill_ThrowsTheSampleAway()
    {
        _clock.UtcNow = Time("2026-01-05T08:00:00Z");
        var optimiser = Optimiser();
        Minutes(optimiser, 50, requests: 60);
        Observe(optimiser, TimeSpan.FromMinutes(10.1), requests: 1_000_000);
        Minutes(optimiser, 5, requests: 60);
        Assert.Equal(1, Assert.Single(optimiser.Memories, m => m.Node == "a").Profile.Season(Hour("2026-01-12T08:00:00Z"))!.Value.Rate);
    }

    [Fact]
    public void Observe_Twice_CountsOnce()
    {
        _clock.UtcNow = Time("2026-01-05T08:00:00Z");
        var optimiser = Optimiser();
        Assert.False(optimiser.Observe());
        for (var i = 0; i < 61; i++)
        {
            Minutes(optimiser, 1, requests: 60);
            optimiser.Observe();
        }

        Assert.Equal(1, Assert.Single(optimiser.Memories, m => m.Node == "a").Profile.Season(Hour("2026-01-12T08:00:00Z"))!.Value.Rate);
    }

    [Fact]
    public void Restore_ActivePattern_GivesEachNodeItsPriorAtOnce()
    {
        var weeks = new VirtualWeeks(Loads.Office).Weeks(4);
        _clock.UtcNow = HourOfWeek.Start(weeks.Hour) + TimeSpan.FromMinutes(10);
        var optimiser = Optimiser();
        optimiser.Restore([new("B", 1, weeks.Pattern.Profile), new("gone", 1, weeks.Pattern.Profile)]);
        Assert.Equal((0f, (float)VirtualWeeks.Service), (_states[0].Prior, _states[1].Prior));
        Assert.Equal(weeks.Hour, optimiser.Current.Hour);
        Assert.Equal(Loads.Office(weeks.Hour), optimiser.Current.Nodes[1].Now!.Value.Rate, 0.5);
        Assert.Equal(["b"], optimiser.Memories.Select(m => m.Node));
    }

    [Fact]
    public void Observe_PatternThatIsSwitchedOff_TakesThePriorBack()
    {
        var weeks = new VirtualWeeks(Loads.Office).Weeks(4);
        _clock.UtcNow = HourOfWeek.Start(weeks.Hour) + TimeSpan.FromMinutes(10);
        var optimiser = Optimiser();
        optimiser.Restore([new("a", 1, weeks.Pattern.Profile)]);
        Assert.Equal(VirtualWeeks.Service, _states[0].Prior);
        _clock.UtcNow += TimeSpan.FromDays(5);
        Minutes(optimiser, 1, requests: 60);
        Assert.Equal((PatternState.Learning, 0f), (optimiser.Current.Nodes[0].Score.State, _states[0].Prior));
    }

    [Fact]
    public void Observe_Snapshot_IsReplacedAndNeverChanged()
    {
        _clock.UtcNow = Time("2026-01-05T08:00:00Z");
        var optimiser = Optimiser();
        var before = optimiser.Current;
        Minutes(optimiser, 1, requests: 60);
        Assert.NotSame(before, optimiser.Current);
        Assert.Equal((0.0, 1.0), (before.Nodes[0].Rate, optimiser.Current.Nodes[0].Rate));
    }

    private PatternOptimiser Optimiser() => new(["a", "b"], _states, _clock);

    private void Minutes(PatternOptimiser optimiser, int count, int requests)
    {
        for (var i = 0; i < count; i++)
        {
            Observe(optimiser, TimeSpan.FromMinutes(1), requests);
        }
    }

    // Requests of 5 ms, .1 ms of them the network's.
    private bool Observe(PatternOptimiser optimiser, TimeSpan after, int requests)
    {
        _clock.Advance(after);
        for (var i = 0; i < requests; i++)
        {
            _states[0].Begin(0);
            _states[0].Complete(0, 5_000, roundTrip: 100, faulted: false);
        }

        return optimiser.Observe();
    }

    private static DateTimeOffset Time(string at) => DateTimeOffset.Parse(at, CultureInfo.InvariantCulture);

    private static int Hour(string at) => HourOfWeek.Hour(Time(at));
}
