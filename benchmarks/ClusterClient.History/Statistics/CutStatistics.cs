using ClusterClient.History.Checks;
using ClusterClient.History.Recording;

namespace ClusterClient.History.Statistics;

/// <summary>Of the commits whose answer was lost: what the library found, and how long after writes were accepted again it had found it.</summary>
internal static class CutStatistics
{
    public static string Describe(RunHistory history, IReadOnlyList<Violation> violations)
    {
        var wrong = violations.Where(v => v.Operation is not null).Select(v => v.Operation!.Id).ToHashSet();
        var cuts = history.Cuts;
        var resolved = cuts.Where(c => c.Outcome != Outcome.Unknown).Select(c => Delay(c, history.Faults)).Order().ToArray();
        var text = $"commits cut off: {cuts.Count}, of which {cuts.Count(c => c.Outcome == Outcome.Committed)} were found committed, "
            + $"{cuts.Count(c => c.Outcome == Outcome.NotCommitted)} not committed, {cuts.Count(c => c.Outcome == Outcome.Unknown)} stayed unknown, "
            + $"{cuts.Count(c => c.Outcome != Outcome.Unknown && wrong.Contains(c.Operation))} were found wrongly";
        return resolved.Length == 0
            ? text
            : $"{text}; found after writes were accepted: p50 {Ms(0.5)} ms, p99 {Ms(0.99)} ms, max {Ms(1)} ms";

        string Ms(double quantile) => $"{resolved[(int)Math.Ceiling(quantile * resolved.Length) - 1].TotalMilliseconds:0.0}";
    }

    /// <summary>From when it had been sent and writes were accepted, to when it was found out.</summary>
    internal static TimeSpan Delay(CutCommit cut, IReadOnlyList<FaultRecord> faults)
    {
        var accepted = faults.LastOrDefault(f => f.Began <= cut.ResolvedAt && f.AcceptedAt is not null)?.AcceptedAt ?? cut.SentAt;
        var since = accepted > cut.SentAt ? accepted : cut.SentAt;

        // The library may have found a primary before our own write did.
        return since < cut.ResolvedAt ? cut.ResolvedAt - since : TimeSpan.Zero;
    }
}
