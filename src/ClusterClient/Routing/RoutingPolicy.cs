namespace ClusterClient.Routing;

/// <summary>
/// Picks one of the nodes that may serve a request. Which may is decided before: role, region rule, history, health, freshness and
/// locality are the same for every policy, so that a policy can choose badly but never wrongly.
/// </summary>
/// <remarks>
/// Derive from it for a rule of your own, add it with <see cref="ClusterDataSourceBuilder.AddPolicy"/> and choose it by its name in
/// <see cref="ClusterOptions.Policy"/>. One instance serves all calls of a data source at once: it has to be thread-safe, should keep
/// no memory of its own (what there is to remember of a node is on its <see cref="RouteCandidate"/>), and is on the path of every
/// call, so it should allocate nothing and wait for nothing.
/// </remarks>
public abstract class RoutingPolicy
{
    /// <summary>What it is called in <see cref="ClusterOptions.Policy"/>; compared without regard to case.</summary>
    public abstract string Name { get; }

    /// <summary>Picks a node.</summary>
    /// <param name="candidates">Two nodes or more.</param>
    /// <returns>A position among the candidates, from 0.</returns>
    public abstract int Pick(in RouteCandidates candidates);
}
