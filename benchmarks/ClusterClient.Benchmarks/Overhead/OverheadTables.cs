using ClusterClient.Benchmarks.Reporting;

namespace ClusterClient.Benchmarks.Overhead;

/// <summary>How the duels are shown.</summary>
internal static class OverheadTables
{
    public static void WriteReal(Report report, IEnumerable<DuelResult> results)
    {
        report.Line("## Against Npgsql on one real server");
        report.Line();
        report.Line("Median over rounds of the ratio of blocks of one round, with the 95 % interval of that median. Raw ÷ raw is the "
            + "noise; where it stays off by more than 1 %, or uncertain by more than ±2 %, there is no verdict.");
        report.Line();
        report.Table(
            ["", "raw µs", "cluster ÷ raw", "95 %", "raw ÷ raw", "95 %", "budget", "", "raw B", "added B", "raw − raw B", "budget", ""],
            results.Select(r =>
            {
                var (ratio, control) = (r.Ratios, r.ControlRatios);
                return new[]
                {
                    r.Name, $"{r.RawNanoseconds / 1000:0.0}", $"{ratio.Median:0.000}", Interval(ratio), $"{control.Median:0.000}", Interval(control),
                    $"{r.Budget.Ratio:0.00}", r.IsQuiet ? report.Verdict(ratio.Median <= r.Budget.Ratio) : "NOISE",
                    $"{r.RawBytes:0}", $"{r.AddedBytes:+0;-0;0}", $"{r.ControlBytes:+0;-0;0}",
                    $"{r.Budget.Bytes}", report.Verdict(r.AddedBytes <= r.Budget.Bytes),
                };
            }));
    }

    public static void WriteAlone(Report report, IEnumerable<DuelResult> results, List<DuelResult> real)
    {
        report.Line("## Alone, over a driver that does nothing");
        report.Line();
        report.Line("What the library itself takes, with warm caches, and that as a share of the raw driver's time on the real server above. "
            + "Pending: the driver's command goes through the thread pool once, as a real one does.");
        report.Line();
        report.Table(
            ["", "raw ns", "added ns", "share", "budget", "", "added B", "budget", ""],
            results.Select(r =>
            {
                var added = r.AddedNanoseconds.Median;
                var share = added / real.First(x => r.Name.StartsWith(x.Name, StringComparison.Ordinal)).RawNanoseconds;
                var budget = r.Budget.Ratio - 1;
                return new[]
                {
                    r.Name, $"{r.RawNanoseconds:0}", $"{added:0}", $"{share:P1}", $"{budget:P0}", report.Verdict(share <= budget),
                    $"{r.AddedBytes:+0;-0;0}", $"{r.Budget.Bytes}", report.Verdict(r.AddedBytes <= r.Budget.Bytes),
                };
            }));
    }

    public static string Interval(Sample sample)
    {
        var (from, to) = sample.MedianInterval();
        return $"{from:0.000}–{to:0.000}";
    }
}
