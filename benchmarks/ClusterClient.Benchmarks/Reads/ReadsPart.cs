using ClusterClient.Benchmarks.Reporting;
using ClusterClient.Routing;

namespace ClusterClient.Benchmarks.Reads;

/// <summary>Reads over three replicas, of which one is slow and freezes now and then.</summary>
internal sealed class ReadsPart : Part
{
    private const double HealingBudget = 10;

    private static readonly string[] Policies =
    [
        RoutingPolicyNames.LatencyScored, RoutingPolicyNames.RoundRobin, RoutingPolicyNames.LeastInFlight,
        RoutingPolicyNames.PowerOfTwo, RoutingPolicyNames.Nearest,
    ];

    public override string Name => "reads";

    public override string Question => "One of three replicas answers late and freezes now and then: how long reads take by policy, and when it has its share again once it is well.";

    public override async Task RunAsync(Report report, Arguments arguments)
    {
        var settings = new ReadsSettings(arguments);
        await using var group = await ReadGroup.StartAsync();
        report.Machine(await group.VersionAsync());
        report.Line($"{settings.Readers} callers: open, a query of about a millisecond, close, a pause of {settings.Think.TotalMilliseconds:0} ms on average. "
            + $"{group.Slow.Name}, one of {ReadGroup.Replicas} replicas, answers {ReadsSettings.Delay.TotalMilliseconds:0} ms late and stands still for "
            + $"{ReadsSettings.Freeze.TotalMilliseconds:0} ms once in each block. Blocks of {settings.Block.TotalSeconds:0} s by turns, {settings.Rounds} for each policy. "
            + "Milliseconds.");
        report.Line();

        List<PolicyReads> policies = [];
        foreach (var policy in Policies)
        {
            policies.Add(new(policy, await group.ConnectAsync(policy), group, settings));
        }

        group.SlowDown();
        await RunBlocksAsync(policies, settings);
        WriteLatencies(report, policies);
        foreach (var policy in policies)
        {
            await policy.DisposeAsync();
        }

        await HealAsync(report, group, settings);
    }

    private static async Task RunBlocksAsync(List<PolicyReads> policies, ReadsSettings settings)
    {
        var random = new Random(1);
        // The first round shows how long code takes to be compiled.
        for (var round = -1; round < settings.Rounds; round++)
        {
            var (freezeAt, seed) = (random.NextDouble(), random.Next());
            foreach (var policy in Shuffled(policies, random))
            {
                await policy.RunAsync(freezeAt, seed);
                Console.WriteLine($"{round} {policy.Policy}: {policy.Count} reads, 99 % within {policy.Latencies.Quantile(0.99):0.0} ms");
                if (round < 0)
                {
                    policy.Forget();
                }
            }
        }
    }

    private static PolicyReads[] Shuffled(List<PolicyReads> policies, Random random)
    {
        PolicyReads[] order = [.. policies];
        random.Shuffle(order);
        return order;
    }

    private static void WriteLatencies(Report report, List<PolicyReads> policies)
    {
        var budget = policies[1].Latencies.Quantile(0.99) / 3;
        report.Table(
            ["", "reads", "median", "p90", "p99", "p99.9", "errors", "to the slow one", "budget for p99", ""],
            policies.Select((p, i) => new[]
            {
                p.Policy, $"{p.Count}", $"{p.Latencies.Median:0.0}", $"{p.Latencies.Quantile(0.9):0.0}", $"{p.Latencies.Quantile(0.99):0.0}",
                $"{p.Latencies.Quantile(0.999):0.0}", $"{p.Errors}", $"{p.SlowShare:P1}",
                i == 0 ? $"{budget:0.0}" : "", i == 0 ? report.Verdict(p.Latencies.Quantile(0.99) <= budget) : "",
            }));
        report.Line($"The budget is a third of what {policies[1].Policy} takes. What {policies[0].Policy} knew at the end of its last block:");
        report.Line();
        report.Line("```");
        report.Line(policies[0].Explanation);
        report.Line("```");
        report.Line();
    }

    private static async Task HealAsync(Report report, ReadGroup group, ReadsSettings settings)
    {
        await using var source = await group.ConnectAsync(Policies[0]);
        var healing = new Healing(group, source, settings);
        List<double> seconds = [];
        for (var i = 0; i < settings.Healings; i++)
        {
            seconds.Add(await healing.RunAsync(seed: i));
            Console.WriteLine($"healed: {seconds[^1]:0.0} s");
        }

        var sample = new Sample(seconds);
        report.Line($"{Policies[0]}, the delay taken away: seconds until the end of the first second in which the replica had half of its fair share.");
        report.Line();
        report.Table(
            ["", "runs", "min", "median", "max", "budget", ""],
            [["share is back", $"{sample.Count}", $"{sample.Quantile(0):0.0}", $"{sample.Median:0.0}", $"{sample.Quantile(1):0.0}", $"{HealingBudget:0}", report.Verdict(sample.Quantile(1) <= HealingBudget)]]);
    }
}
