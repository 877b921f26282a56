namespace ClusterClient.History.Faults;

/// <summary>What a fault brought.</summary>
/// <param name="AcceptedAt">When writes were accepted again; null when they never stopped.</param>
/// <param name="Promoted">Who was promoted; null when nobody was.</param>
/// <param name="Cuts">How many connections were cut at a COMMIT; null when none were to be.</param>
internal sealed record FaultEffect(DateTimeOffset? AcceptedAt = null, string? Promoted = null, int? Cuts = null);
