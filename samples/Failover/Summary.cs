using ClusterClient.Testing;
using Npgsql;
using Spectre.Console;

namespace Failover;

/// <summary>What it came to, side by side.</summary>
internal sealed class Summary(IReadOnlyList<Contender> contenders, Referee referee, TimeSpan elapsed)
{
    /// <returns>The exit code.</returns>
    public async Task<int> PrintAsync(LocalPostgres group, bool isInterrupted)
    {
        WriteCount[] counts;
        try
        {
            counts = await Task.WhenAll(contenders.Select(contender => contender.Ledger.CountAsync(group)));
        }
        catch (NpgsqlException) when (isInterrupted)
        {
            Console.WriteLine("Stopped in the middle of a failover: there is no primary to count on.");
            return ExitCode.Interrupted;
        }

        AnsiConsole.WriteLine();
        AnsiConsole.Write(Gaps());
        AnsiConsole.Write(Writes(counts));
        var (_, lost, twice) = counts[0];
        var end = $"after {elapsed.TotalSeconds:0} s: ClusterClient lost {lost} acknowledged writes and applied {twice} twice.";
        Console.WriteLine(lost + twice > 0 ? $"FAILED {end}" : isInterrupted ? $"Stopped {end}" : $"Passed {end}");
        return lost + twice > 0 ? ExitCode.Failed : isInterrupted ? ExitCode.Interrupted : ExitCode.Fine;
    }

    private Table Gaps()
    {
        var table = NewTable("Longest time without a successful write");
        foreach (var outcome in referee.Outcomes)
        {
            AddRow(table, outcome.Fault, i => $"{outcome.Gaps[i]}");
            AddRow(table, "  of it after the promotion", i => outcome.Gaps[i].SincePromotion(outcome.PromotedAt));
            AddRow(table, "  errors that reached the application", i => $"{outcome.Errors[i]}");
        }

        return table;
    }

    private Table Writes(WriteCount[] counts)
    {
        var table = NewTable("The whole run");
        AddRow(table, "writes acknowledged", i => $"{counts[i].Acknowledged}");
        AddRow(table, "acknowledged and lost", i => $"{counts[i].Lost}");
        AddRow(table, "applied twice", i => $"{counts[i].Twice}");
        AddRow(table, "writes that ended in an error", i => $"{contenders[i].WriteErrors}");
        AddRow(table, "reads that ended in an error", i => $"{contenders[i].ReadErrors}");
        if (referee.ReadsWhileSlow is { Count: > 0 } slow)
            AddRow(table, "reads beside a slow replica: median / 99th pct.", i => $"{slow[i]}");
        return table;
    }

    private Table NewTable(string title)
    {
        var table = new Table { Title = new(title), Border = TableBorder.Rounded, Width = 110 };
        table.AddColumn("");
        foreach (var contender in contenders)
            table.AddColumn(new TableColumn(contender.Name).RightAligned());
        return table;
    }

    private void AddRow(Table table, string what, Func<int, string> cell) =>
        table.AddRow([what, .. Enumerable.Range(0, contenders.Count).Select(cell)]);
}
