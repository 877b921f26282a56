using System.Data.Common;
using ClusterClient.Consistency;

namespace ClusterClient.Data;

/// <summary>
/// A commit was sent, and nobody who could be asked in time knows whether it was done: it may have been, now or later. What is known is in here,
/// so that the application, or an operator, can find out.
/// </summary>
public sealed class CommitOutcomeUnknownException : DbException
{
    internal CommitOutcomeUnknownException(string cluster, string node, string reason, DateTimeOffset sentAt, Exception? cause, string? label = null)
        : base($"{cluster}: whether {(label is null ? "a transaction" : $"the transaction '{label}'")} was committed is unknown. Its commit was sent to {node} at {sentAt:O}: {reason}.", cause) =>
        (Cluster, Node, Reason, SentAt, Label) = (cluster, node, reason, sentAt, label);

    /// <summary>The cluster's name.</summary>
    public string Cluster { get; }

    /// <summary>The node that the commit was sent to.</summary>
    public string Node { get; }

    /// <summary>Why it could not be found out, in words for operators.</summary>
    public string Reason { get; }

    /// <summary>When the commit was sent, by this machine's clock.</summary>
    public DateTimeOffset SentAt { get; }

    /// <summary>The transaction's id, position and run of its server; null when they were not asked for.</summary>
    public TransactionMark? Mark { get; init; }

    /// <summary>The marker that the transaction wrote, to be looked for in the table of markers; null when it wrote none.</summary>
    public Guid? Marker { get; init; }

    /// <summary>What the application calls the transaction; null when it did not say.</summary>
    public string? Label { get; }

    /// <summary>Always false: to do it again may do it twice.</summary>
    public override bool IsTransient => false;
}
