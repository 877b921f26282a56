namespace ClusterClient.Data;

/// <summary>One attempt at a transaction, as its delegate sees it. Good for the duration of the call.</summary>
public sealed class TransactionAttempt
{
    internal TransactionAttempt(int number, ClusterTransaction transaction, Exception? previousFault) =>
        (Number, Transaction, PreviousFault) = (number, transaction, previousFault);

    /// <summary>1 for the first, one more for each that follows. What earlier ones did in the database is gone.</summary>
    public int Number { get; }

    /// <summary>The transaction, for savepoints and for drivers that want it on each command. It is not the delegate's to end.</summary>
    public ClusterTransaction Transaction { get; }

    /// <summary>What the attempt before this one ended in; null for the first.</summary>
    public Exception? PreviousFault { get; }
}
