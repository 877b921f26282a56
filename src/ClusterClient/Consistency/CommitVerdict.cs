namespace ClusterClient.Consistency;

/// <summary>What follows from a <see cref="CommitAnswer"/>.</summary>
/// <param name="Outcome">What became of the transaction.</param>
/// <param name="Reason">Why, in words for operators.</param>
/// <param name="IsFinal">Whether asking again could bring no other answer.</param>
internal readonly record struct CommitVerdict(CommitOutcome Outcome, string Reason, bool IsFinal = true);
