using ClusterClient.Benchmarks.Overhead.Fakes;
using ClusterClient.Benchmarks.Reporting;
using ClusterClient.Testing;

namespace ClusterClient.Benchmarks.Overhead;

/// <summary>What the library adds to the driver it wraps: on a real server, and alone.</summary>
internal sealed class OverheadPart : Part
{
    private static readonly Budget Open = new(1.05, 500);
    private static readonly Budget Command = new(1.03, 350);

    public override string Name => "overhead";

    public override string Question => "What an open + SELECT 1 + close, and a command alone, cost beside the bare driver.";

    public override async Task RunAsync(Report report, Arguments arguments)
    {
        await using var group = await LocalPostgres.StartAsync(b => b.Region("eu", 2));
        report.Machine(await group.Primary.ExecuteAsync("show server_version"));
        var rounds = arguments.Number("rounds", 300);
        var servers = new RealServers(group);
        var real = new List<DuelResult>();
        foreach (var isAsync in new[] { true, false })
        {
            var how = isAsync ? "async" : "sync";
            real.Add(await RunAsync($"open cycle, {how}", c => new OpenCycle(c, isAsync), servers.Primary, servers.Cluster, 100, rounds));
            real.Add(await RunAsync($"command, {how}", c => new CommandOnly(c, isAsync), servers.Primary, servers.Cluster, 200, rounds));
        }

        real.Add(await RunAsync("open cycle of Reads, async", c => new OpenCycle(c, true), servers.Replica, servers.Reads, 100, rounds));
        WriteReal(report, real);

        var fake = new List<DuelResult>();
        foreach (var (how, isAsync, yields) in new[] { ("sync", false, false), ("async, completed", true, false), ("async, pending", true, true) })
        {
            var fakes = new FakeServers(yields);
            var operations = yields ? 4_000 : 20_000;
            fake.Add(await RunAsync($"open cycle, {how}", c => new OpenCycle(c, isAsync), fakes.Raw, fakes.Cluster, operations, 100));
            fake.Add(await RunAsync($"command, {how}", c => new CommandOnly(c, isAsync), fakes.Raw, fakes.Cluster, operations, 100));
        }

        WriteFake(report, fake, real);
    }

    private static Task<DuelResult> RunAsync(
        string name,
        Func<Func<Task<Entrant>>, Contender> contender,
        Func<Task<Entrant>> raw,
        Func<Task<Entrant>> cluster,
        int operations,
        int rounds) =>
        new Duel(name, contender(raw), contender(raw), contender(cluster)) { Operations = operations, Rounds = rounds }.RunAsync();

    private static void WriteReal(Report report, List<DuelResult> results)
    {
        report.Line("## Against Npgsql on one real server");
        report.Line();
        report.Line("Median over rounds of the ratio of two blocks of one round, with the 95 % interval of that median; raw ÷ raw is the noise.");
        report.Line();
        report.Table(
            ["", "raw µs", "cluster ÷ raw", "95 %", "raw ÷ raw", "95 %", "budget", "", "raw B", "added B", "raw − raw B", "budget", ""],
            results.Select(r =>
            {
                var budget = BudgetOf(r);
                var (ratio, control) = (r.Ratios, r.ControlRatios);
                return new[]
                {
                    r.Name, $"{r.RawNanoseconds / 1000:0.0}", $"{ratio.Median:0.000}", Interval(ratio), $"{control.Median:0.000}", Interval(control),
                    $"{budget.Ratio:0.00}", report.Verdict(ratio.Median <= budget.Ratio),
                    $"{r.RawBytes:0}", $"{r.AddedBytes:+0;-0;0}", $"{r.ControlBytes:+0;-0;0}", $"{budget.Bytes}", report.Verdict(r.AddedBytes <= budget.Bytes),
                };
            }));
    }

    private static void WriteFake(Report report, List<DuelResult> results, List<DuelResult> real)
    {
        report.Line("## Alone, over a driver that does nothing");
        report.Line();
        report.Line("What the library itself takes, and that as a share of the raw driver's time on the real server above. "
            + "Pending: the driver's command goes through the thread pool once, as a real one does.");
        report.Line();
        report.Table(
            ["", "raw ns", "added ns", "share", "budget", "", "added B", "budget", ""],
            results.Select(r =>
            {
                var budget = BudgetOf(r);
                var added = r.AddedNanoseconds.Median;
                var share = added / real.First(x => SameKind(x, r)).RawNanoseconds;
                return new[]
                {
                    r.Name, $"{r.RawNanoseconds:0}", $"{added:0}", $"{share:P1}", $"{budget.Ratio - 1:P0}", report.Verdict(share <= budget.Ratio - 1),
                    $"{r.AddedBytes:+0;-0;0}", $"{budget.Bytes}", report.Verdict(r.AddedBytes <= budget.Bytes),
                };
            }));
    }

    private static Budget BudgetOf(DuelResult result) => result.Name.StartsWith("open", StringComparison.Ordinal) ? Open : Command;

    private static bool SameKind(DuelResult a, DuelResult b) => a.Name[..8] == b.Name[..8] && a.Name.Contains("async") == b.Name.Contains("async");

    private static string Interval(Sample sample)
    {
        var (from, to) = sample.MedianInterval();
        return $"{from:0.000}–{to:0.000}";
    }

    private sealed record Budget(double Ratio, int Bytes);
}
