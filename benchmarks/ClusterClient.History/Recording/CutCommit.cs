namespace ClusterClient.History.Recording;

/// <summary>A commit whose answer was lost, and what the library found out about it.</summary>
/// <param name="Operation">The operation's number; 0 when that could not be told.</param>
/// <param name="SentAt">When it was sent.</param>
/// <param name="ResolvedAt">When the library was done with it.</param>
/// <param name="Outcome">What it found.</param>
internal sealed record CutCommit(long Operation, DateTimeOffset SentAt, DateTimeOffset ResolvedAt, Outcome Outcome);
