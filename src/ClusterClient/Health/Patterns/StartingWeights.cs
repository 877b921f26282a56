using System.Collections.Immutable;

namespace ClusterClient.Health.Patterns;

/// <summary>What the patterns say of every node for one hour: an immutable snapshot, replaced every minute.</summary>
/// <param name="Hour">The hour that is <see cref="NodePrior.Now"/>, see <see cref="HourOfWeek"/>.</param>
/// <param name="Nodes">In the order of the configuration.</param>
internal sealed record StartingWeights(int Hour, ImmutableArray<NodePrior> Nodes);
