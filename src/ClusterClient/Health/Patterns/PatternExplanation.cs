using System.Globalization;
using System.Text;
using ClusterClient.Diagnostics;

namespace ClusterClient.Health.Patterns;

/// <summary>Writes down what the patterns know: a line a node, for operators.</summary>
internal static class PatternExplanation
{
    private static readonly string[] Header = ["node", "state", "MASE", "judged", "known", "rate", "this hour", "next hour", "service"];

    public static string Describe(string cluster, IEnumerable<string> names, StartingWeights weights, string? file)
    {
        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture, $"patterns of {cluster} on {HourOfWeek.Start(weights.Hour):ddd HH}:00 UTC, ");
        text.Append(file is null ? "in memory" : $"kept in {file}");
        List<string[]> rows = [Header, .. names.Zip(weights.Nodes, Row)];
        TextTable.Append(text, rows, static column => column <= 1);
        return text.ToString();
    }

    private static string[] Row(string name, NodePrior prior) =>
    [
        name,
        $"{prior.Score.State}".ToLowerInvariant(),
        prior.Score.Mase?.ToString("0.00", CultureInfo.InvariantCulture) ?? "-",
        $"{prior.Score.Hours} h",
        $"{prior.KnownHours} h",
        Rate(prior.Rate),
        Rate(prior.Now?.Rate),
        Rate(prior.Next?.Rate),
        prior.Service > 0 ? (prior.Service / 1000).ToString("0.##", CultureInfo.InvariantCulture) + " ms" : "-",
    ];

    private static string Rate(double? rate) =>
        rate is { } known ? known.ToString(known < 10 ? "0.##" : "0", CultureInfo.InvariantCulture) + "/s" : "-";
}
