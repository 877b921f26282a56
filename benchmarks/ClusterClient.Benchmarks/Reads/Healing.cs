using System.Diagnostics;

namespace ClusterClient.Benchmarks.Reads;

/// <summary>The replica is slow for a while, then it is not: how long until it has its share again.</summary>
internal sealed class Healing(ReadGroup group, ClusterDataSource source, ReadsSettings settings)
{
    private const double EnoughOfItsShare = 0.5;

    private static readonly TimeSpan Sickness = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan Window = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    /// <returns>Seconds until the end of the first second in which it had half of its fair share; the limit when it never had.</returns>
    public async Task<double> RunAsync(int seed)
    {
        group.SlowDown();
        await using var readers = new Readers(source, settings, seed);
        await Task.Delay(Sickness);
        group.Heal();
        var healed = Stopwatch.GetTimestamp();
        while (Stopwatch.GetElapsedTime(healed) < Limit)
        {
            await Task.Delay(Look);
            var now = Stopwatch.GetTimestamp();
            var reads = readers.Since(now - (long)(Window.TotalSeconds * Stopwatch.Frequency));
            if (Stopwatch.GetElapsedTime(healed, now) >= Window
                && reads.Count(r => r.Node == group.Slow.Name) >= EnoughOfItsShare * reads.Length / ReadGroup.Replicas)
            {
                return Stopwatch.GetElapsedTime(healed, now).TotalSeconds;
            }
        }

        return Limit.TotalSeconds;
    }
}
