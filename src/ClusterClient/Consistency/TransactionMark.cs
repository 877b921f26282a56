using ClusterClient.Topology;

namespace ClusterClient.Consistency;

/// <summary>A transaction as its server knows it.</summary>
/// <param name="Id">The server's id of it.</param>
/// <param name="Position">A position at or after its first write.</param>
/// <param name="ServerStart">Which run of the server.</param>
public sealed record TransactionMark(string Id, LogPosition Position, string ServerStart)
{
    /// <summary>The epoch.</summary>
    public long Epoch { get; init; }

    /// <summary>The node.</summary>
    public string Node { get; init; } = "";
}
