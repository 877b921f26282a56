using ClusterClient.Benchmarks.Overhead;
using ClusterClient.Benchmarks.Reporting;

namespace ClusterClient.Benchmarks.Transactions;

/// <summary>How the duels are shown.</summary>
internal static class TransactionsTable
{
    public static void Explain(Report report)
    {
        report.Line("Median over rounds of the ratio of short blocks of one round, with the 95 % interval of that median. Raw ÷ raw is the "
            + "noise; where it stays off by more than 1 %, or uncertain by more than ±2 %, there is no verdict. The servers do not wait for "
            + "their disk (fsync is off), so that a commit is about as quick as it can be, and what is added weighs most.");
        report.Line();
    }

    public static void Write(Report report, string title, IEnumerable<DuelResult> results)
    {
        report.Line($"## {title}");
        report.Line();
        report.Table(
            ["", "raw µs", "cluster ÷ raw", "95 %", "raw ÷ raw", "95 %", "budget", "", "raw B", "added B"],
            results.Select(r =>
            {
                var (ratio, control) = (r.Ratios, r.ControlRatios);
                return new[]
                {
                    r.Name, $"{r.RawNanoseconds / 1000:0}", $"{ratio.Median:0.000}", OverheadTables.Interval(ratio),
                    $"{control.Median:0.000}", OverheadTables.Interval(control),
                    r.Budget == Budget.None ? "" : $"{r.Budget.Ratio:0.00}",
                    r.Budget == Budget.None ? "" : r.IsQuiet ? report.Verdict(ratio.Median <= r.Budget.Ratio) : "NOISE",
                    $"{r.RawBytes:0}", $"{r.AddedBytes:+0;-0;0}",
                };
            }));
    }
}
