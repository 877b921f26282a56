namespace ClusterClient.History.Recording;

/// <summary>What the client was told.</summary>
internal enum Outcome
{
    Committed,
    NotCommitted,
    Unknown,
}
