namespace ClusterClient.Health;

/// <summary>How long a node works at a request, from what came back and what has not.</summary>
/// <remarks>
/// <para>
/// <c>service += 0.5 (max(50 µs, latency - round trip) - service)</c> on every completion; a faulted one counts with a penalty added,
/// so that failing fast never looks fast.
/// <c>estimate = hope + (service - hope) e^(-unheard / 30 s)</c> with <c>hope = peers' mean / 2</c>: what is not heard of is forgotten
/// slowly, and toward something better than its peers, so that every node is tried again, a slow one soon after it has healed.
/// </para>
/// <para>
/// Why so quick a weight and no percentile: with the toll on requests in flight (see <see cref="Routing.Policies"/>) weights from 0.3
/// to 0.7 make no difference, and what the last two answers say of a freeze is worth more than smoothness. Forgetting within a second
/// harms; 10 s is on the safe side. The factor <c>e^-x</c> is approximated by <c>(1 - x/16)^16</c>, at most 0.018 below it.
/// Source: found by ablation in the simulator, see <c>benchmarks/results</c>; C3 (NSDI 2015) for the service time net of the network.
/// </para>
/// </remarks>
internal static class ServiceEstimate
{
    /// <summary>Weight of the newest answer.</summary>
    public const float Weight = 0.5f;

    /// <summary>No answer counts as quicker: below it lies the noise of timers and schedulers.</summary>
    public const float Floor = 50;

    /// <summary>What a fault adds to its latency, in µs: a second.</summary>
    public const float FaultPenalty = 1_000_000;

    /// <summary>Time constant of forgetting, in µs: 30 s.</summary>
    public const float Memory = 30_000_000;

    /// <summary>The service time after one more answer; a first one counts as it is.</summary>
    public static float After(float service, float sample) => service == 0 ? sample : service + (Weight * (sample - service));

    public static float Sample(long latency, float roundTrip, bool faulted) =>
        Math.Max(Floor, latency - roundTrip) + (faulted ? FaultPenalty : 0);

    /// <summary>What to expect of the node now, in µs.</summary>
    /// <param name="service">Its service time as last told; 0 when unknown.</param>
    /// <param name="peers">The mean of its peers; 0 when unknown.</param>
    /// <param name="unheard">For how long nothing came back from it, in µs.</param>
    public static float Now(float service, float peers, long unheard)
    {
        var hope = peers / 2;
        return hope + ((service - hope) * Remembered(unheard));
    }

    private static float Remembered(long unheard)
    {
        var left = 1 - (unheard * (1 / (16 * Memory)));
        if (left >= 1)
        {
            return 1;
        }

        left = Math.Max(left, 0);
        left *= left;
        left *= left;
        left *= left;
        return left * left;
    }
}
