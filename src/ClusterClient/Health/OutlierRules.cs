using System.Globalization;

namespace ClusterClient.Health;

/// <summary>Which of the replicas behave so unlike their peers that they are better left alone for a while.</summary>
/// <remarks>
/// <para>
/// In this order: faults in a row, for a node that fails everything; the ratio of faults, for one that answers now and then; a success
/// rate below <c>mean - max(1.9 sd, 0.05)</c> of at least five replicas', for one that fails less, but alone; a typical latency of ten
/// times the peers' median and 100 ms more. In a small cluster only the first two can fire: among n nodes none is further out
/// than <c>√(n-1)</c> deviations.
/// </para>
/// <para>
/// The last is for a node that answers as if it were frozen, not for a slow one: its score keeps work away from that long
/// before, and does not let it idle. So it compares geometric means (<see cref="LatencyLevel"/>), the network left out, and within one
/// region only, where callers ask for the same things.
/// </para>
/// <para>Source: Envoy's outlier detection and gRFC A50 for rules 1 and 3, Polly's circuit breaker for the ratio; the fourth is our own.</para>
/// </remarks>
internal sealed class OutlierRules(OutlierSettings settings)
{
    /// <summary>Those that are to be ejected, each with the cause, the worst first. A node may be named by several rules.</summary>
    public IEnumerable<(int Node, string Cause)> Judge(IReadOnlyCollection<NodeConduct> replicas) =>
    [
        .. replicas.Where(r => r.FaultsInARow >= settings.FaultsInARow).Select(r => (r.Node, $"{r.FaultsInARow} faults in a row")),
        .. replicas.Where(r => r.Calls.Calls >= settings.FaultRatioMinCalls && r.Calls.FaultRatio >= settings.FaultRatio)
            .Select(r => (r.Node, $"{r.Calls.Faults} of {r.Calls.Calls} calls faulted within 10 s")),
        .. Failing(replicas),
        .. Slow(replicas),
    ];

    private IEnumerable<(int Node, string Cause)> Failing(IReadOnlyCollection<NodeConduct> replicas)
    {
        var busy = replicas.Where(r => r.Calls.Calls >= settings.SuccessMinCalls).ToArray();
        if (busy.Length < settings.SuccessMinNodes)
        {
            return [];
        }

        var mean = busy.Average(r => r.Calls.FaultRatio);
        var deviation = Math.Sqrt(busy.Average(r => Math.Pow(r.Calls.FaultRatio - mean, 2)));
        var bound = mean + Math.Max(settings.SuccessDeviations * deviation, settings.SuccessMargin);
        return busy.Where(r => r.Calls.FaultRatio > bound).Select(r => (r.Node, string.Create(
            CultureInfo.InvariantCulture, $"{r.Calls.FaultRatio * 100:0} % of its calls faulted, {mean * 100:0.#} % on average")));
    }

    private IEnumerable<(int Node, string Cause)> Slow(IReadOnlyCollection<NodeConduct> replicas)
    {
        foreach (var replica in replicas)
        {
            var latency = replica.Calls.TypicalLatency;
            if (replica.Calls.Calls >= settings.SlowMinCalls && latency >= settings.SlowMargin
                && PeersLatency(replicas, replica) is { } peers
                && latency >= peers * settings.SlowFactor && latency >= peers + settings.SlowMargin)
            {
                yield return (replica.Node, string.Create(
                    CultureInfo.InvariantCulture, $"its calls take {latency / 1000:0} ms, its peers' {peers / 1000:0.#} ms"));
            }
        }
    }

    // The median; null when there are too few to tell.
    private double? PeersLatency(IReadOnlyCollection<NodeConduct> replicas, NodeConduct of)
    {
        var peers = replicas.Where(r => r.Node != of.Node && r.Region == of.Region && r.Calls.Calls >= settings.SlowMinCalls)
            .Select(r => r.Calls.TypicalLatency).Order().ToArray();
        return peers.Length < settings.SlowMinPeers ? null : (peers[peers.Length / 2] + peers[(peers.Length - 1) / 2]) / 2;
    }
}
