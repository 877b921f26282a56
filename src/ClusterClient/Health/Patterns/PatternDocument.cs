namespace ClusterClient.Health.Patterns;

/// <summary>Patterns as they are written to a file.</summary>
internal sealed record PatternDocument
{
    public const string FormatName = "ClusterClient patterns";
    public const int NewestVersion = 1;

    public string? Format { get; init; }

    public int Version { get; init; }

    public string? Cluster { get; init; }

    public DateTimeOffset SavedAt { get; init; }

    /// <summary>By the nodes' names.</summary>
    public Dictionary<string, NodeDocument?>? Nodes { get; init; }

    public static PatternDocument Of(string cluster, DateTimeOffset savedAt, IEnumerable<NodeMemory> memories) => new()
    {
        Format = FormatName,
        Version = NewestVersion,
        Cluster = cluster,
        SavedAt = savedAt,
        Nodes = memories.ToDictionary(m => m.Node, m => (NodeDocument?)NodeDocument.Of(m)),
    };

    /// <summary>Why this cannot be what the cluster has saved; null when it can.</summary>
    public string? Objection(string cluster) =>
        Format != FormatName ? "it is a file of another kind"
        : Version != NewestVersion ? $"its version is {Version}, and this library reads {NewestVersion}"
        : Cluster != cluster ? $"it belongs to the cluster '{Cluster}'"
        : Nodes is null || Nodes.Values.Any(n => n is null || !n.IsSound) ? "it is damaged"
        : null;

    public IEnumerable<NodeMemory> Memories(int now) => Nodes!.Select(n => n.Value!.ToMemory(n.Key, now));
}
