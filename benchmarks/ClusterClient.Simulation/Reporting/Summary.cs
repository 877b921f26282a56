using ClusterClient.Simulation.Protocols;

namespace ClusterClient.Simulation.Reporting;

/// <summary>One policy under one load, over the seeds.</summary>
internal sealed record Summary
{
    public required Protocol Protocol { get; init; }

    public required string Policy { get; init; }

    public required double Load { get; init; }

    public required double P50 { get; init; }

    public required double P90 { get; init; }

    public required double P99 { get; init; }

    /// <summary>The highest 99th percentile of any seed.</summary>
    public required double WorstP99 { get; init; }

    public required double P999 { get; init; }

    public required double WorstP999 { get; init; }

    public required double ErrorShare { get; init; }

    /// <summary>The mean over seeds of the 99th percentile over that of the reference policy under the same seed, and the worst seed's.</summary>
    public required (double Mean, double Worst)? AgainstReference { get; init; }

    /// <summary>The mean latency over that of the oracle.</summary>
    public required double? PriceOfAnarchy { get; init; }

    public required double Jain { get; init; }

    /// <summary>In the order of the results.</summary>
    public static IReadOnlyList<Summary> Of(IReadOnlyList<(Protocol Protocol, RunResult Result)> results) =>
    [
        .. from r in results
           group r.Result by (r.Protocol, r.Result.Spec.Load, r.Result.Spec.Policy) into one
           orderby results.TakeWhile(r => r.Protocol != one.Key.Protocol).Count(), one.Key.Load
           let peers = results.Where(r => r.Protocol == one.Key.Protocol && r.Result.Spec.Load == one.Key.Load).Select(r => r.Result).ToArray()
           select Of(one.Key.Protocol, [.. one], peers),
    ];

    private static Summary Of(Protocol protocol, RunResult[] runs, RunResult[] peers)
    {
        var ratios = Pairs(runs, peers, protocol.ReferencePolicy).Select(p => p.Run.P99 / p.Peer.P99).ToArray();
        var prices = Pairs(runs, peers, "oracle").Select(p => p.Run.Mean / p.Peer.Mean).ToArray();
        return new()
        {
            Protocol = protocol,
            Policy = runs[0].Spec.Policy,
            Load = runs[0].Spec.Load,
            P50 = runs.Average(r => r.P50),
            P90 = runs.Average(r => r.P90),
            P99 = runs.Average(r => r.P99),
            WorstP99 = runs.Max(r => r.P99),
            P999 = runs.Average(r => r.P999),
            WorstP999 = runs.Max(r => r.P999),
            ErrorShare = (double)runs.Sum(r => r.Errors) / Math.Max(1, runs.Sum(r => r.Requests)),
            AgainstReference = ratios.Length > 0 ? (ratios.Average(), ratios.Max()) : null,
            PriceOfAnarchy = prices.Length > 0 ? prices.Average() : null,
            Jain = runs.Average(r => r.Jain),
        };
    }

    private static IEnumerable<(RunResult Run, RunResult Peer)> Pairs(RunResult[] runs, RunResult[] peers, string policy) =>
        from run in runs
        join peer in peers.Where(p => p.Spec.Policy.Equals(policy, StringComparison.OrdinalIgnoreCase)) on run.Spec.Seed equals peer.Spec.Seed
        select (run, peer);
}
