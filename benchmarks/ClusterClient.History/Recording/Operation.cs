namespace ClusterClient.History.Recording;

/// <summary>One operation of one client, as planned and, once it is over, with what the client was told.</summary>
internal sealed record Operation
{
    /// <summary>Its number, which no other has: what it leaves in the database.</summary>
    public required long Id { get; init; }

    public required int Client { get; init; }

    public required OperationKind Kind { get; init; }

    public required OperationWay Way { get; init; }

    /// <summary>The list, of an <see cref="OperationKind.Append"/>.</summary>
    public int List { get; init; }

    /// <summary>Whether the list is read before, in the same transaction.</summary>
    public bool Reads { get; init; }

    public bool IsSerializable { get; init; }

    /// <summary>The account that pays, of a <see cref="OperationKind.Transfer"/>.</summary>
    public int From { get; init; }

    public int To { get; init; }

    public int Amount { get; init; }

    /// <summary>What loss reports call it; null for what can be given none.</summary>
    public string? Label { get; init; }

    public DateTimeOffset Began { get; init; }

    public DateTimeOffset Ended { get; init; }

    public Outcome Outcome { get; init; }

    /// <summary>The exception's class and message; null when there was none.</summary>
    public string? Exception { get; init; }

    /// <summary>What the library told of the exception.</summary>
    public string? Fault { get; init; }

    public int Attempts { get; init; }

    /// <summary>The node of the last attempt.</summary>
    public string? Node { get; init; }

    /// <summary>The server's name for the transaction; null where it was not asked for.</summary>
    public string? TransactionId { get; init; }

    public ListRead? Read { get; init; }

    public override string ToString() =>
        $"{Kind} {Id} of client {Client} as {Way}{(Label is null ? "" : $" '{Label}'")}, {Began:HH:mm:ss.fff} to {Ended:HH:mm:ss.fff}, "
            + $"at {Node ?? "no node"}, {Attempts} attempts: {Outcome}{(Exception is null ? "" : $" ({Exception}; {Fault ?? "nothing is known of it"})")}";
}
