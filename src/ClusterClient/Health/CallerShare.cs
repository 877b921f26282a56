using ClusterClient.Resilience;

namespace ClusterClient.Health;

/// <summary>Whose a call is where nodes are at their limit, and what share it has there. Immutable.</summary>
/// <param name="Flow">Stands for the caller's key: calls with the same take their turns together.</param>
/// <param name="Weight">How many turns it has beside a caller of weight 1.</param>
/// <param name="Priority">Which calls it goes after.</param>
internal sealed record CallerShare(int Flow, double Weight, CallPriority Priority)
{
    /// <summary>Bounds on the weight; they bound how often the queue goes around before it serves somebody, too.</summary>
    public const double LeastWeight = 0.1;

    public const double GreatestWeight = 10;

    /// <summary>Those who have not said who they are: one caller together.</summary>
    public static readonly CallerShare OfNobody = new(0, 1, CallPriority.Interactive);

    /// <summary>The caller with this key, which is a tenant, a job, an endpoint.</summary>
    /// <remarks>Strings hash with a seed that each process draws: two keys that share a hash in one do not in the next.</remarks>
    public CallerShare For(string key, double weight) => this with { Flow = string.GetHashCode(key) | 1, Weight = weight };
}
