namespace Failover;

/// <summary>How long calls took.</summary>
internal readonly record struct Latency(TimeSpan Median, TimeSpan Percentile99)
{
    /// <summary>Null when there are no calls.</summary>
    public static Latency? Of(IEnumerable<Call> calls)
    {
        var sorted = calls.Select(call => call.Elapsed).Order().ToArray();
        return sorted.Length == 0 ? null : new(sorted[sorted.Length / 2], sorted[(sorted.Length - 1) * 99 / 100]);
    }

    public override string ToString() => $"{Text(Median)} / {Text(Percentile99)}";

    public static string Text(TimeSpan? time) => time is { } t ? $"{t.TotalMilliseconds:0.0} ms" : "";
}
