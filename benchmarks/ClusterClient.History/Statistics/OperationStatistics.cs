using ClusterClient.History.Recording;

namespace ClusterClient.History.Statistics;

/// <summary>Operations by kind and outcome, and faults by name.</summary>
internal static class OperationStatistics
{
    public static string Describe(RunHistory history) => string.Join(
        Environment.NewLine,
        [
            Line("all operations", history.Operations),
            .. history.Operations.GroupBy(o => $"{o.Kind}, {o.Way}").OrderBy(g => g.Key, StringComparer.Ordinal).Select(g => Line(g.Key, [.. g])),
            .. history.Faults.GroupBy(f => f.Name).OrderBy(g => g.Key, StringComparer.Ordinal)
                .Select(g => $"{g.Count(),4} {g.Key}: {g.Average(f => (f.Ended - f.Began).TotalSeconds):0.0} s each"),
        ]);

    private static string Line(string name, IReadOnlyList<Operation> operations)
    {
        var longest = operations.Select(o => o.Ended - o.Began).DefaultIfEmpty().Max();
        return $"{name}: {operations.Count:n0}, {Count(Outcome.Committed):n0} committed, {Count(Outcome.NotCommitted):n0} not committed, "
            + $"{Count(Outcome.Unknown):n0} unknown; {operations.Count(o => o.Attempts > 1):n0} in several attempts; the longest took {longest.TotalSeconds:0.0} s";

        int Count(Outcome outcome) => operations.Count(o => o.Outcome == outcome);
    }
}
