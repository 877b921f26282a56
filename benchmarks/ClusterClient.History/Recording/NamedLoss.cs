namespace ClusterClient.History.Recording;

/// <summary>What one report of the library says to be lost.</summary>
/// <param name="Labels">The transactions, by what the application calls them.</param>
/// <param name="From">From when on ordinary commands may be lost.</param>
/// <param name="To">Until when.</param>
internal sealed record NamedLoss(IReadOnlyCollection<string> Labels, DateTimeOffset From, DateTimeOffset To);
