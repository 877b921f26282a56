using ClusterClient.Health;
using ClusterClient.Topology;

namespace ClusterClient.Routing;

/// <summary>One node as a decision saw it: what is known of it, and what spoke for or against it. Immutable.</summary>
public sealed record RouteAssessment
{
    internal RouteAssessment()
    {
    }

    /// <summary>The node.</summary>
    public required NodeDescription Node { get; init; }

    /// <summary>Whether the call would be given this one.</summary>
    public bool IsChosen { get; init; }

    /// <summary>Why it is chosen or not, in words for operators; they may change.</summary>
    public required string Reason { get; init; }

    /// <summary>Its circuit; where that decides, <see cref="Reason"/> tells the cause.</summary>
    public CircuitStatus Circuit { get; init; }

    /// <summary>Opens and commands of this process that are under way there.</summary>
    public int InFlight { get; init; }

    /// <summary>
    /// How many of them the node is given at a time before further opens wait for their turn; null where nothing is limited.
    /// </summary>
    public int? Limit { get; init; }

    /// <summary>Opens that wait for their turn.</summary>
    public int Queued { get; init; }

    /// <summary>The network's part of a request, as the caller meets it.</summary>
    public TimeSpan RoundTrip { get; init; }

    /// <summary>The server's part as it is expected now; null when this process knows nothing of it yet.</summary>
    public TimeSpan? ServiceTime { get; init; }

    /// <summary>
    /// What the default policy ranks by: the round trip, and the service time with a toll on what is in flight. Lower is better. Null
    /// when this process knows nothing of how the node serves.
    /// </summary>
    public TimeSpan? Cost { get; init; }
}
