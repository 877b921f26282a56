using ClusterClient.Topology;

namespace ClusterClient.Consistency;

/// <summary>By what a transaction can be recognised later, on another server too. Immutable.</summary>
/// <param name="Id">The server's own id of it, as that writes it.</param>
/// <param name="Position">
/// A position of its history at or after its first write: a server that holds the history up to there has seen the id, and will not hand it out again.
/// </param>
/// <param name="Run">Which run of the server it began in; another one after every restart and every crash.</param>
public sealed record TransactionMark(string Id, LogPosition Position, string Run)
{
    /// <summary>The node that it ran on.</summary>
    public string Node { get; init; } = "";

    /// <summary>The node's epoch then, as far as the monitor knew it.</summary>
    public long Epoch { get; init; }
}
