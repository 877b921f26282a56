using System.Runtime.CompilerServices;

namespace ClusterClient.Health;

/// <summary>How long a node works at a request, from what came back and what has not.</summary>
/// <remarks>
/// <para>
/// <c>service += weight (max(50 µs, latency - round trip) - service)</c> on every completion, where the weight is a half unless the nodes
/// are restless; a faulted one counts with a penalty added, so that failing fast never looks fast.
/// <c>estimate = hope + (service - hope) e^(-unheard · fading)</c> with <c>hope = peers' mean / 2</c>: what is not heard of is forgotten,
/// toward something better than its peers, so that every node is tried again, a slow one after it has healed as well. Weight and
/// fading: <see cref="ChangeTracker"/>.
/// </para>
/// <para>
/// Why no percentile and no long mean: with the toll on requests in flight (<see cref="Routing.NodeCost"/>) the weight hardly matters
/// among nodes that stay as they are, and what the last two answers say of a freeze is worth more than smoothness. Why 30 s: every
/// attempt at a slow node costs a slow request, and in a large fleet that each client hears of seldom a third of the tail came from
/// forgetting in 10 s; under load the toll on the others has a healed node tried at once, whatever is remembered of it. The factor
/// <c>e^-x</c> is approximated by <c>(1 - x/16)^16</c>, at most 0.018 below it. Source: C3 (NSDI 2015) for the service time net of the
/// network; the constants were found in the simulator, whose results with them are in <c>benchmarks/results/simulation.md</c>.
/// </para>
/// </remarks>
internal static class ServiceEstimate
{
    /// <summary>Weight of the newest answer while nodes stay as they are.</summary>
    public const float UsualWeight = 0.5f;

    /// <summary>What is forgotten per µs then: the time constant is 30 s.</summary>
    public const float UsualFading = 1 / 30_000_000f;

    /// <summary>No answer counts as quicker: below it lies the noise of timers and schedulers.</summary>
    public const float Floor = 50;

    /// <summary>What a fault adds to its latency, in µs: a second.</summary>
    public const float FaultPenalty = 1_000_000;

    /// <summary>The service time after one more answer; a first one counts as it is.</summary>
    public static float After(float service, float sample, float weight) =>
        service == 0 ? sample : service + (weight * (sample - service));

    public static float Sample(long latency, float roundTrip, bool faulted) =>
        Math.Max(Floor, latency - roundTrip) + (faulted ? FaultPenalty : 0);

    /// <summary>What to expect of the node now, in µs.</summary>
    /// <param name="service">Its service time as last told.</param>
    /// <param name="peers">The mean of its peers; 0 when unknown.</param>
    /// <param name="unheard">For how long nothing came back from it, in µs.</param>
    /// <param name="fading">What is forgotten per µs.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Now(float service, float peers, long unheard, float fading)
    {
        var hope = peers / 2;
        var left = 1 - (unheard * fading * (1f / 16));
        left = left > 1 ? 1 : left > 0 ? left : 0;
        left *= left;
        left *= left;
        left *= left;
        return hope + ((service - hope) * left * left);
    }
}
