using System.Globalization;
using ClusterClient.Benchmarks.Reporting;
using ClusterClient.Testing;

namespace ClusterClient.Benchmarks.Hangs;

/// <summary>Both replicas are stopped, or cut off without a word, under calls of every kind, again and again.</summary>
internal sealed class HangsPart : Part
{
    public override string Name => "hangs";

    public override string Question => "Servers stopped, or cut off without a word: how long the calls in flight on them go on waiting.";

    public override async Task RunAsync(Report report, Arguments arguments)
    {
        await using var group = await LocalPostgres.StartAsync(b => b.Region("eu", 3));
        report.Machine(await group.Primary.ExecuteAsync("show server_version"));
        report.Line("Milliseconds from the fault to the moment at which the call is over: with an error, or, for an open, with a connection to "
            + "the node that is left. One call of each kind is in flight in every round; the fault comes at a random point of the monitor's rhythm.");
        report.Line();

        var rounds = arguments.Number("rounds", arguments.First is { } first && int.TryParse(first, CultureInfo.InvariantCulture, out var given) ? given : 30);
        var rows = new List<string[]>();
        foreach (var (detection, budget) in new[] { (HangDetection.Standard, 1500), (HangDetection.Fast, 500) })
        {
            foreach (var (fault, strike) in new (string, Action<PostgresNode>)[] { ("stopped", n => n.Hang()), ("cut off", n => n.Proxy.Drop()) })
            {
                var results = new Dictionary<string, List<double>>();
                for (var round = 0; round <= rounds; round++)
                {
                    var released = await new HangsRun(group, detection, strike).RunAsync();
                    Console.WriteLine($"{detection}, {fault}: {string.Join(", ", released.Select(r => $"{r.Key} {r.Value.TotalMilliseconds:0}"))}");
                    if (round == 0)
                    {
                        // It shows how long code takes to be compiled.
                        continue;
                    }

                    foreach (var (call, took) in released)
                    {
                        (results.TryGetValue(call, out var all) ? all : results[call] = []).Add(took.TotalMilliseconds);
                    }
                }

                rows.AddRange(results.Select(r => Row(report, $"{detection}, {fault}", r.Key, new(r.Value), budget)));
            }
        }

        report.Table(["", "call", "rounds", "min", "median", "max", "budget", ""], rows);
    }

    private static string[] Row(Report report, string name, string call, Sample sample, int budget) =>
    [
        name, call, $"{sample.Count}", $"{sample.Quantile(0):0}", $"{sample.Median:0}", $"{sample.Quantile(1):0}", $"{budget}",
        report.Verdict(sample.Quantile(1) <= budget),
    ];
}
