using ClusterClient.History.Recording;

namespace ClusterClient.History.Checks;

/// <summary>A law that was broken.</summary>
/// <param name="Kind">Which.</param>
/// <param name="Expected">What should be.</param>
/// <param name="Found">What is.</param>
/// <param name="Operation">The operation that shows it; null when it is none's alone.</param>
internal sealed record Violation(ViolationKind Kind, string Expected, string Found, Operation? Operation = null)
{
    private static readonly TimeSpan Around = TimeSpan.FromSeconds(5);

    /// <summary>The violation in words, with the faults that were injected around the operation.</summary>
    public string Describe(RunHistory history)
    {
        var lines = new List<string> { $"VIOLATION {Kind}: expected {Expected}, found {Found}" };
        if (Operation is { } operation)
        {
            lines.Add($"  {operation}");
            lines.AddRange(history.Cuts.Where(c => c.Operation == operation.Id)
                .Select(c => $"  its commit, sent at {c.SentAt:HH:mm:ss.fff}, was cut off, and resolved at {c.ResolvedAt:HH:mm:ss.fff}: {c.Outcome}"));
            lines.AddRange(history.Faults.Where(f => f.Began <= operation.Ended + Around && f.Ended >= operation.Began - Around).Select(f => $"  {f}"));
            lines.AddRange(history.Losses.Where(l => IsAround(l, operation)).Select(l => $"  {l}"));
        }

        return string.Join(Environment.NewLine, lines);
    }

    private static bool IsAround(NamedLoss loss, Operation operation) =>
        loss.Lost.Concat(loss.Doubtful).Select(t => t.At).Concat([loss.From ?? default, loss.To ?? default])
            .Any(at => at >= operation.Began - Around && at <= operation.Ended + Around);
}
