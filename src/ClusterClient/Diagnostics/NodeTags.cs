namespace ClusterClient.Diagnostics;

/// <summary>The tags of one node's measurements, made once, so that to measure allocates nothing. Thread-safe.</summary>
internal sealed class NodeTags
{
    private static readonly string[] Reasons = ["primary", "replica", "farther", "last_resort", "busy", "waited", "failed", "trial", "hedge"];

    private readonly KeyValuePair<string, object?>[] _node;
    private readonly KeyValuePair<string, object?>[]?[] _decisions = new KeyValuePair<string, object?>[2 * Reasons.Length][];

    public NodeTags(string cluster, string node, string region)
    {
        _node = [new(TagNames.Cluster, cluster), new(TagNames.Node, node), new(TagNames.Region, region)];
        OfPool = [new(TagNames.PoolName, $"{cluster}/{node}")];
    }

    /// <summary>Cluster, node and region.</summary>
    public KeyValuePair<string, object?>[] All => _node;

    /// <summary>The convention's of its pool: the cluster's and the node's name.</summary>
    public KeyValuePair<string, object?>[] OfPool { get; }

    /// <summary>In words, as tags have it.</summary>
    public static string Word(DecisionReason reason) => Reasons[(int)reason];

    /// <inheritdoc cref="Word(DecisionReason)"/>
    public static string Role(bool isPrimary) => isPrimary ? "primary" : "replica";

    /// <summary>These, and a decision's. Two may make them at the same time; they are alike.</summary>
    public KeyValuePair<string, object?>[] Decision(bool isPrimary, DecisionReason reason) =>
        _decisions[((int)reason * 2) + (isPrimary ? 1 : 0)] ??= [.. _node, new(TagNames.Role, Role(isPrimary)), new(TagNames.Reason, Word(reason))];

    /// <summary>These and one more, for what happens rarely.</summary>
    public KeyValuePair<string, object?>[] With(string name, object? value) => [.. _node, new(name, value)];
}
