using ClusterClient.Benchmarks.Reporting;
using ClusterClient.Testing;

namespace ClusterClient.Benchmarks.Failover;

/// <summary>The primary is killed and a standby promoted, again and again.</summary>
internal sealed class FailoverPart : Part
{
    private const int Budget = 100;

    public override string Name => "failover";

    public override string Question =>
        "Primary killed, standby promoted: the first write that is acknowledged after the new primary accepts writes.";

    public override async Task RunAsync(Report report, Arguments arguments)
    {
        await using var group = await LocalPostgres.StartAsync(b => b
            .Region("eu", 3)
            .Sql($"create table {WriteLoop.Table} (id bigint generated always as identity, at timestamptz default clock_timestamp())"));
        report.Machine(await group.Primary.ExecuteAsync("show server_version"));
        report.Line("Milliseconds from the moment at which the promoted node told a connection of its own that it had left recovery, "
            + "to an acknowledgement from that node. `first`: of any writer; `all`: of the last of the writers.");
        report.Line();

        var rows = new List<string[]>();
        foreach (var writers in new[] { 1, 16 })
        {
            rows.AddRange(await RunAsync(
                report, group, "ClusterClient", new ClusterWrites(group), writers, arguments.Number("runs", 30), Budget));
        }

        rows.AddRange(await RunAsync(
            report, group, "Npgsql, several hosts", new NpgsqlWrites(group), 1, arguments.Number("baseline-runs", 3), budget: null));
        report.Line("Npgsql remembers for ten seconds that a host was a standby: it is quick only when it happens not to have asked one that is "
            + "promoted a moment later.");
        report.Line();
        report.Table(["", "writers", "", "runs", "min", "median", "p90", "p99", "max", "budget", ""], rows);
    }

    private static async Task<List<string[]>> RunAsync(
        Report report, LocalPostgres group, string name, Writes writes, int writers, int runs, int? budget)
    {
        await using var _ = writes;
        var results = new List<FailoverResult>();
        if (runs == 0)
        {
            return [];
        }

        for (var run = 0; run < runs + 1; run++)
        {
            var result = await new FailoverRun(group, writes, writers).RunAsync();
            Console.WriteLine($"{name}, {writers}: {result}");
            if (run > 0)
            {
                // The first shows how long code takes to be compiled.
                results.Add(result);
            }
        }

        return
        [
            Row(report, name, writers, "first", new(results.Select(r => r.First.TotalMilliseconds)), budget),
            .. writers == 1 ? Array.Empty<string[]>() : [Row(report, name, writers, "all", new(results.Select(r => r.All.TotalMilliseconds)), budget)],
            Row(report, name, writers, "kill to first", new(results.Select(r => r.SinceKill.TotalMilliseconds)), null),
        ];
    }

    private static string[] Row(Report report, string name, int writers, string what, Sample sample, int? budget) =>
    [
        name, $"{writers}", what, $"{sample.Count}", $"{sample.Quantile(0):0.0}", $"{sample.Median:0.0}", $"{sample.Quantile(0.9):0.0}",
        $"{sample.Quantile(0.99):0.0}", $"{sample.Quantile(1):0.0}", $"{budget}",
        budget is { } limit ? report.Verdict(sample.Quantile(0.99) <= limit) : "",
    ];
}
