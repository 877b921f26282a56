using System.Globalization;
using System.Text;

namespace ClusterClient.Simulation.Reporting;

/// <summary>The summaries of one protocol as a table of markdown, which reads as plain text too.</summary>
internal static class Table
{
    public static string Of(IReadOnlyList<Summary> summaries)
    {
        var protocol = summaries[0].Protocol;
        List<string[]> rows =
        [
            ["load", "policy", "p50", "p90", "p99", "worst", $"p99 / {protocol.ReferencePolicy}", "worst", "p99.9", "worst", "errors", "anarchy", "Jain"],
            .. summaries.Select(s => new[]
            {
                Text($"{s.Load}"),
                s.Policy,
                Text($"{s.P50:0.0}"),
                Text($"{s.P90:0.0}"),
                Text($"{s.P99:0.0}"),
                Text($"{s.WorstP99:0.0}"),
                s.AgainstReference is var (mean, _) ? Text($"{mean:0.00}") : "",
                s.AgainstReference is var (_, worst) ? Text($"{worst:0.00}") : "",
                Text($"{s.P999:0.0}"),
                Text($"{s.WorstP999:0.0}"),
                s.ErrorShare > 0 ? Text($"{s.ErrorShare * 100:0.00} %") : "0",
                s.PriceOfAnarchy is { } price ? Text($"{price:0.00}") : "",
                Text($"{s.Jain:0.000}"),
            }),
        ];
        var widths = rows[0].Select((_, column) => rows.Max(row => row[column].Length)).ToArray();
        var text = new StringBuilder();
        for (var i = 0; i < rows.Count; i++)
        {
            Line(text, rows[i].Select((cell, column) => column == 1 ? cell.PadRight(widths[column]) : cell.PadLeft(widths[column])));
            if (i == 0)
            {
                Line(text, widths.Select((width, column) => column == 1 ? new string('-', width) : new string('-', width - 1) + ":"));
            }
        }

        return text.ToString();
    }

    private static void Line(StringBuilder text, IEnumerable<string> cells) => text.Append("| ").AppendJoin(" | ", cells).Append(" |\n");

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
