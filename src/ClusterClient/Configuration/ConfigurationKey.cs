using System.Collections.Immutable;

namespace ClusterClient.Configuration;

/// <summary>One key of a cluster's section. Immutable.</summary>
/// <param name="Path">Below the section; <c>*</c> stands for any element of a list.</param>
/// <param name="Kind">What its value is.</param>
/// <param name="Value">What options hold for it, of a node's keys for all nodes together; null when it is not set.</param>
/// <param name="Description">What it does, in a sentence.</param>
internal sealed record ConfigurationKey(string Path, KeyKind Kind, Func<ClusterDataSourceOptions, object?> Value, string Description)
{
    /// <summary>What holds where it is not set, as a configuration would have it; null for nothing.</summary>
    public object? Default { get; init; }

    /// <summary>The least and the greatest value: numbers, or durations.</summary>
    public IComparable? Least { get; init; }

    public IComparable? Greatest { get; init; }

    /// <summary>Whether <see cref="Least"/> is too little itself.</summary>
    public bool IsAboveLeast { get; init; }

    /// <summary>Whether it is obeyed without a restart when it changes.</summary>
    public bool IsReloadable { get; init; }

    public ImmutableArray<string> Choices { get; init; } = [];
}
