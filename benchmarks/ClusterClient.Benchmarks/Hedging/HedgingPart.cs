using ClusterClient.Benchmarks.Reads;
using ClusterClient.Benchmarks.Reporting;
using ClusterClient.Routing;

namespace ClusterClient.Benchmarks.Hedging;

/// <summary>Reads with and without hedging, over three replicas of which one stands still for a quarter of every second.</summary>
internal sealed class HedgingPart : Part
{
    private const double LatencyBudget = 0.25;
    private const double QueriesBudget = 1.05;

    public override string Name => "hedging";

    public override string Question => "One of three replicas freezes for 250 ms in every second: how long reads take with and without hedging, and what it costs in queries.";

    public override async Task RunAsync(Report report, Arguments arguments)
    {
        var settings = new ReadsSettings(arguments);
        string[] policies = [RoutingPolicyNames.LatencyScored, RoutingPolicyNames.RoundRobin];
        var wanted = policies.SelectMany(p => new[] { (Policy: p, IsHedged: false), (Policy: p, IsHedged: true) }).ToArray();
        await using var group = await ReadGroup.StartAsync(wanted.Select((_, i) => $"sample_{i}"));
        report.Machine(await group.VersionAsync());
        report.Line($"{settings.Readers} callers: open, a query of about a millisecond, close, a pause of {settings.Think.TotalMilliseconds:0} ms on average. "
            + $"{group.Slow.Name}, one of {ReadGroup.Replicas} replicas, stands still for {ReadsSettings.Freeze.TotalMilliseconds:0} ms in every second. "
            + $"Blocks of {settings.Block.TotalSeconds:0} s by turns, {settings.Rounds} for each. Milliseconds; queries as the servers counted them.");
        report.Line();

        Entrant[] entrants = [.. wanted.Select((w, i) => new Entrant(w.Policy, w.IsHedged, $"sample_{i}", group, settings))];
        foreach (var entrant in entrants)
        {
            await entrant.ConnectAsync();
        }

        await RunBlocksAsync(entrants, settings);
        foreach (var entrant in entrants)
        {
            await entrant.CountAsync();
        }

        Write(report, entrants);
    }

    private static async Task RunBlocksAsync(Entrant[] entrants, ReadsSettings settings)
    {
        var random = new Random(1);
        // The first round shows how long code takes to be compiled.
        for (var round = -1; round < settings.Rounds; round++)
        {
            var seed = random.Next();
            Entrant[] order = [.. entrants];
            random.Shuffle(order);
            foreach (var entrant in order)
            {
                await entrant.RunAsync(seed, counts: round >= 0);
                if (round >= 0)
                {
                    Console.WriteLine($"{round} {entrant.Policy}{(entrant.IsHedged ? " hedged" : "")}: {entrant.Count} reads, 99.9 % within {entrant.Latencies.Quantile(0.999):0.0} ms");
                }
            }
        }
    }

    private static void Write(Report report, Entrant[] entrants)
    {
        report.Table(
            ["", "hedged", "reads", "median", "p99", "p99.9", "budget", "", "queries per read", "budget", "", "errors"],
            entrants.Select((e, i) =>
            {
                var plain = entrants[i / 2 * 2];
                var (latency, queries) = (plain.Latencies.Quantile(0.999) * LatencyBudget, plain.QueriesPerRead * QueriesBudget);
                // The default policy is judged; the other one shows what there is to gain where nothing else avoids the replica.
                var isJudged = i == 1;
                return new[]
                {
                    e.Policy, e.IsHedged ? "yes" : "no", $"{e.Count}", $"{e.Latencies.Median:0.0}", $"{e.Latencies.Quantile(0.99):0.0}",
                    $"{e.Latencies.Quantile(0.999):0.0}",
                    isJudged ? $"{latency:0.0}" : "", isJudged ? report.Verdict(e.Latencies.Quantile(0.999) < latency) : "",
                    $"{e.QueriesPerRead:0.000}",
                    isJudged ? $"{queries:0.000}" : "", isJudged ? report.Verdict(e.QueriesPerRead <= queries) : "",
                    $"{e.Errors}",
                };
            }));
        report.Line($"Budgets: {LatencyBudget:P0} of the p99.9, and {QueriesBudget:0.00} times the queries, of the same policy without hedging.");
    }
}
