using ClusterClient.Tests.Fakes;
using ClusterClient.Topology;

namespace ClusterClient.Tests.Topology;

/// <summary>
/// Random histories of a primary that writes at random and is sampled at about one interval, and of replicas anywhere behind it. The
/// truth is known here: since when the primary has had something that the replica has not.
/// </summary>
public sealed class PositionTrackPropertyTests
{
    [Theory]
    [InlineData(10)]
    [InlineData(15)]
    [InlineData(100)]
    [InlineData(500)]
    [InlineData(3_000)]
    public void LagOf_RandomHistory_IsNeverBelowTheTruthByMoreThanAnInterval(int intervalMilliseconds)
    {
        var interval = TimeSpan.FromMilliseconds(intervalMilliseconds);
        for (var seed = 0; seed < 40; seed++)
        {
            var (random, clock) = (new Random(seed), new ManualTimeProvider());
            var (track, writes, position) = (PositionTrack.Empty, new List<(ulong Position, long At)> { (1, clock.GetTimestamp()) }, 1UL);
            var longest = TimeSpan.Zero;
            for (var sample = 0; sample < 120; sample++)
            {
                var before = clock.GetTimestamp();
                for (var write = random.Next(4); write > 0; write--)
                {
                    clock.Advance(interval * random.NextDouble() / 4);
                    position += (ulong)random.Next(1, 50);
                    writes.Add((position, clock.GetTimestamp()));
                }

                clock.Advance(interval * random.NextDouble() / 4);
                longest = Max(longest, clock.GetElapsedTime(before));
                track = track.Add(clock.GetTimestamp(), new(position));
                var replica = (ulong)random.NextInt64((long)position + 1);
                // Looked at some time before the next sample.
                clock.Advance(interval * random.NextDouble() / 4);
                longest = Max(longest, clock.GetElapsedTime(before));
                CheckBound(track, writes, replica, clock, longest);
                CheckMonotone(track, replica, clock);
            }
        }
    }

    private static void CheckBound(PositionTrack track, List<(ulong Position, long At)> writes, ulong replica, ManualTimeProvider clock, TimeSpan interval)
    {
        var now = clock.GetTimestamp();
        var lag = Assert.NotNull(track.LagOf(new(replica), now, null, clock));
        var missingSince = writes.Where(w => w.Position > replica).Select(w => w.At).FirstOrDefault(now);
        var stale = clock.GetElapsedTime(missingSince, now);
        // Behind everything that is kept, the whole track is all that can be told without a hint.
        var known = Assert.NotNull(track.LagOf(new(0), now, null, clock));
        Assert.True(lag >= stale - interval || lag == known, $"{lag} told, {stale} true, samples within {interval}");
    }

    private static void CheckMonotone(PositionTrack track, ulong replica, ManualTimeProvider clock)
    {
        var now = clock.GetTimestamp();
        Assert.True(track.LagOf(new(replica), now, null, clock) >= track.LagOf(new(replica + 10), now, null, clock));
    }

    private static TimeSpan Max(TimeSpan a, TimeSpan b) => a > b ? a : b;
}
