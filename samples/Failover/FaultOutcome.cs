namespace Failover;

/// <summary>What one fault cost each contender, in their order.</summary>
internal sealed record FaultOutcome(string Fault, long PromotedAt, IReadOnlyList<WriteGap> Gaps, IReadOnlyList<int> Errors);
