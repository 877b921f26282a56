using System.Collections.Immutable;

namespace ClusterClient.Configuration;

/// <summary>A section as it was held against <see cref="ConfigurationKeys"/>. Immutable.</summary>
/// <param name="Errors">What is wrong with it, each with its key.</param>
/// <param name="Readable">What is left of it, by key below the section: everything that is known and of the right kind.</param>
internal sealed record SectionReport(ImmutableArray<SettingError> Errors, ImmutableDictionary<string, string?> Readable)
{
    /// <summary>The keys of the nodes, in the order in which they are read.</summary>
    public ImmutableArray<string> NodeKeys { get; init; } = [];
}
