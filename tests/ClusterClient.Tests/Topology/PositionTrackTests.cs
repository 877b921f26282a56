using System.Globalization;
using ClusterClient.Tests.Fakes;
using ClusterClient.Topology;

namespace ClusterClient.Tests.Topology;

public sealed class PositionTrackTests
{
    private readonly ManualTimeProvider _clock = new();

    [Theory]
    // The primary's positions second by second; the replica is looked at with the last of them.
    [InlineData("100", 100, 0)]
    [InlineData("100 110 120", 120, 0)]
    [InlineData("100 110 120", 125, 0)]
    [InlineData("100 110 120", 119, 1)]
    [InlineData("100 110 120", 110, 1)]
    [InlineData("100 110 120", 109, 2)]
    // Nobody writes: a replica that has everything is not late, one that has not gets later.
    [InlineData("100 100 100 100", 100, 0)]
    [InlineData("100 110 110 110 110", 110, 0)]
    [InlineData("100 110 110 110 110", 100, 4)]
    // A replica that is paused while the primary advances gets later and later.
    [InlineData("100 110 120 130 140 150", 100, 5)]
    // Behind all that is kept: the whole track.
    [InlineData("100 110 120", 50, 2)]
    public void LagOf_PositionAgainstTheTrack_IsSinceThePrimaryWasThere(string primary, ulong replica, double seconds)
    {
        var track = Track(primary);
        Assert.Equal(seconds, Seconds(track.LagOf(new(replica), _clock.GetTimestamp(), null, _clock)), 3);
    }

    [Theory]
    [InlineData(50, 9.0, 9)]
    [InlineData(50, 1.0, 2)]
    [InlineData(100, 9.0, 2)]
    public void LagOf_BehindAllThatIsKept_TakesALongerHint(ulong replica, double hint, double seconds) => Assert.Equal(
        seconds, Seconds(Track("100 110 120").LagOf(new(replica), _clock.GetTimestamp(), TimeSpan.FromSeconds(hint), _clock)), 3);

    [Fact]
    public void LagOf_NoPrimarySeenYet_CannotBeTold()
    {
        Assert.Null(PositionTrack.Empty.LagOf(new(9), _clock.GetTimestamp(), TimeSpan.FromSeconds(5), _clock));
        var before = _clock.GetTimestamp();
        _clock.Advance(TimeSpan.FromSeconds(1));
        Assert.Null(Track("100").LagOf(new(9), before, null, _clock));
    }

    [Fact]
    public void LagOf_PrimaryGone_StandsStill()
    {
        var track = Track("100 110 120");
        var then = track.LagOf(new(110), _clock.GetTimestamp(), null, _clock);
        _clock.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal(then, track.LagOf(new(110), _clock.GetTimestamp(), null, _clock));
        // A replica that was seen before the newest sample is held against those that were there then.
        var early = _clock.GetTimestamp();
        _clock.Advance(TimeSpan.FromSeconds(1));
        track = track.Add(_clock.GetTimestamp(), new(500));
        Assert.Equal(then, track.LagOf(new(110), early, null, _clock));
    }

    [Theory]
    [InlineData(2, 15)]
    [InlineData(10, 15)]
    [InlineData(100, 15)]
    [InlineData(5_000, 15)]
    [InlineData(20, 500)]
    [InlineData(600, 500)]
    [InlineData(9_000, 500)]
    public void LagOf_LongTrack_IsOverstatedByAFractionAtMost(int behind, int intervalMilliseconds)
    {
        var interval = TimeSpan.FromMilliseconds(intervalMilliseconds);
        var track = PositionTrack.Empty;
        for (ulong i = 1; i <= 10_000; i++)
        {
            _clock.Advance(interval);
            track = track.Add(_clock.GetTimestamp(), new(i));
        }

        var lag = Seconds(track.LagOf(new(10_000 - (ulong)behind), _clock.GetTimestamp(), null, _clock));
        Assert.InRange(lag, (behind * interval.TotalSeconds) - 0.001, (behind * interval.TotalSeconds * 1.35) + interval.TotalSeconds);
    }

    [Theory]
    [InlineData(null, 130, null)]
    [InlineData(115ul, 120, 0.0)]
    [InlineData(115ul, 105, 1.0)]
    [InlineData(50ul, 105, null)]
    public void CutAt_Fork_DropsWhatTheNewEpochDoesNotHave(ulong? fork, ulong replica, double? seconds)
    {
        var track = Track("100 110 120 130").CutAt(fork is { } at ? new LogPosition(at) : null);
        Assert.Equal(seconds, track.LagOf(new(replica), _clock.GetTimestamp(), null, _clock)?.TotalSeconds is { } lag ? Math.Round(lag, 3) : null);
    }

    [Fact]
    public void Add_OutOfOrder_ChangesNothing()
    {
        var track = Track("100 110");
        Assert.Same(track, track.Add(_clock.GetTimestamp(), new(120)));
        _clock.Advance(TimeSpan.FromSeconds(1));
        Assert.Same(track, track.Add(_clock.GetTimestamp(), new(109)));
    }

    private PositionTrack Track(string positions)
    {
        var track = PositionTrack.Empty;
        foreach (var position in positions.Split(' '))
        {
            _clock.Advance(track == PositionTrack.Empty ? TimeSpan.Zero : TimeSpan.FromSeconds(1));
            track = track.Add(_clock.GetTimestamp(), new(ulong.Parse(position, CultureInfo.InvariantCulture)));
        }

        return track;
    }

    private static double Seconds(TimeSpan? lag) => Assert.NotNull(lag).TotalSeconds;
}
