using ClusterClient.Benchmarks.Reporting;
using ClusterClient.Resilience;

namespace ClusterClient.Benchmarks.Overload;

/// <summary>One caller wants ten times its share of a server: what the others notice of it.</summary>
internal sealed class FairnessPart : Part
{
    private const int Light = 10;
    private const int Hog = Light;
    private const double SlowerBudget = 1.25;
    private const double JainBudget = 0.95;

    /// <summary>Together half of what the server can do.</summary>
    private static readonly double LightRate = LimitedServer.Capacity / 2 / Light;

    private static readonly double HogRate = 10 * LimitedServer.Capacity / (Light + 1);
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(5);

    public override string Name => "fairness";

    public override string Question => "One caller asks a server for ten times its share: how long the others' calls take, and who gets how much.";

    public override async Task RunAsync(Report report, Arguments arguments)
    {
        var block = TimeSpan.FromSeconds(arguments.Number("block", 20));
        var settling = TimeSpan.FromSeconds(arguments.Number("settling", 4));
        var rounds = arguments.Number("rounds", 3);
        await using var server = await LimitedServer.StartAsync();
        report.Machine(await server.VersionAsync());
        report.Line($"The server works at {LimitedServer.Places} calls at a time, {LimitedServer.Service.TotalMilliseconds:0} ms each on average (exponential): "
            + $"{LimitedServer.Capacity:0} a second. {Light} callers ask for {LightRate:0} a second each, whatever comes back, the hog for {HogRate:0}; max-min fair "
            + $"are {LightRate:0} each, and {HogShare:0} for the hog. {rounds} blocks of {block.TotalSeconds:0} s without it and {rounds} with it by turns, "
            + $"the first {settling.TotalSeconds:0} s of each left out. A call that takes longer than {Limit.TotalSeconds:0} s has failed. "
            + "Milliseconds are those of the others.");
        report.Line();
        List<string[]> rows = [];
        foreach (var limits in new[] { new ConcurrencyLimits(), ConcurrencyLimits.None })
        {
            rows.AddRange(await RunAsync(report, server, limits, block, settling, rounds));
        }

        report.Table(["", "", "calls", "median", "p90", "p99", "served", "hog served/s", "of p99 without", "budget", "", "Jain's index", "budget", ""], rows);
        report.Line("Jain's index is over what each caller was served of its fair share: 1 when all have the same part of it.");
    }

    private static double HogShare => LimitedServer.Capacity - (Light * LightRate);

    private static async Task<List<string[]>> RunAsync(
        Report report, LimitedServer server, ConcurrencyLimits limits, TimeSpan block, TimeSpan settling, int rounds)
    {
        await using var source = await server.ConnectAsync(limits);
        List<Outcome> without = [];
        List<Outcome> with = [];
        for (var round = 0; round < rounds; round++)
        {
            without.AddRange(await RunAsync(source, block, settling, hogRate: 0, seed: 100 * round));
            with.AddRange(await RunAsync(source, block, settling, HogRate, seed: 100 * round));
            Console.WriteLine(source.Writes.Explain());
        }

        var isLimited = limits != ConcurrencyLimits.None;
        var name = isLimited ? "limits" : "none";
        var counted = (block - settling).TotalSeconds * rounds;
        var (alone, beside) = (Latencies(without), Latencies(with));
        var ratio = beside.Quantile(0.99) / alone.Quantile(0.99);
        double[] satisfied = [.. Enumerable.Range(0, Light + 1).Select(c => Served(with, c) / counted / (c == Hog ? HogShare : LightRate))];
        var jain = Math.Pow(satisfied.Sum(), 2) / (satisfied.Length * satisfied.Sum(s => s * s));
        return
        [
            Row(name, "without the hog", without, alone, "", "", "", "", "", "", ""),
            Row(
                name, "with the hog", with, beside, $"{Served(with, Hog) / counted:0}", $"{ratio:0.00}",
                isLimited ? $"{SlowerBudget}" : "", isLimited ? report.Verdict(ratio <= SlowerBudget) : "",
                $"{jain:0.000}", isLimited ? $"{JainBudget}" : "", isLimited ? report.Verdict(jain >= JainBudget) : ""),
        ];
    }

    private static string[] Row(string name, string what, List<Outcome> outcomes, Sample latencies, params string[] rest)
    {
        var light = outcomes.Where(o => o.Caller != Hog).ToArray();
        return
        [
            name, what, $"{light.Length}", $"{latencies.Median:0.0}", $"{latencies.Quantile(0.9):0.0}", $"{latencies.Quantile(0.99):0.0}",
            $"{(double)light.Count(o => o.IsServed) / Math.Max(1, light.Length):P1}", .. rest,
        ];
    }

    private static async Task<Outcome[]> RunAsync(ClusterDataSource source, TimeSpan block, TimeSpan settling, double hogRate, int seed)
    {
        var views = Enumerable.Range(0, Light + 1).Select(c => source.Writes.ForCaller($"caller {c}")).ToArray();
        var loop = new OpenLoop(Limit, (caller, cancellation) => Calls.RunAsync(views[caller], cancellation));
        var callers = Enumerable.Range(0, Light).Select(c => Task.Run(() => loop.OfferAsync(c, LightRate, block, seed + c)));
        await Task.WhenAll(hogRate > 0 ? callers.Append(Task.Run(() => loop.OfferAsync(Hog, hogRate, block, seed + Hog))) : callers);
        return [.. loop.Outcomes.Where(o => o.DueAt >= settling.TotalSeconds)];
    }

    // What failed took as long as it took: a caller that was refused has waited all the same.
    private static Sample Latencies(IEnumerable<Outcome> outcomes) => new(outcomes.Where(o => o.Caller != Hog).Select(o => o.Seconds * 1000));

    private static int Served(IEnumerable<Outcome> outcomes, int caller) => outcomes.Count(o => o.Caller == caller && o.IsServed);
}
