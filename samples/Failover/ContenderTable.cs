using Spectre.Console;

namespace Failover;

/// <summary>How the contenders fare now.</summary>
internal static class ContenderTable
{
    public static Table Draw(Stage stage)
    {
        var table = new Table { Border = TableBorder.Rounded, Expand = true };
        table.AddColumn("");
        foreach (var heading in new[] { "writes/s", "reads/s", "acknowledged", "errors", "reads: median / 99th pct.", "longest without a write" })
            table.AddColumn(new TableColumn(heading).RightAligned());
        foreach (var contender in stage.Contenders)
        {
            var calls = contender.Calls.Recent();
            var gap = contender.Clock.Gap;
            table.AddRow(
                contender.Name,
                PerSecond(calls, isRead: false),
                PerSecond(calls, isRead: true),
                $"{contender.Ledger.Acknowledged}",
                $"{contender.Errors}",
                $"{Latency.Of(calls.Where(call => call.IsRead))}",
                gap.EndedAt is null ? $"[red]{gap.Length.TotalSeconds:0.0} s[/]" : $"{gap}");
        }

        return table;
    }

    public static string PerSecond(Call[] calls, bool isRead) =>
        $"{calls.Count(call => call.IsRead == isRead) / CallLog.Window.TotalSeconds:0}";
}
