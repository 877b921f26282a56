namespace ClusterClient.History.Checks;

/// <summary>What the database has once all is over, read past the library. Immutable.</summary>
internal sealed record FinalState
{
    /// <summary>The elements of each list, in order.</summary>
    public required IReadOnlyDictionary<int, IReadOnlyList<long>> Lists { get; init; }

    /// <summary>Balances by account.</summary>
    public required IReadOnlyDictionary<int, long> Balances { get; init; }

    public required IReadOnlyList<TransferRow> Transfers { get; init; }

    /// <summary>The numbers in the table of rows, as often as each is there.</summary>
    public required IReadOnlyList<long> Rows { get; init; }

    /// <summary>The numbers in the table that takes each once.</summary>
    public required IReadOnlyList<long> Upserts { get; init; }

    /// <summary>What each account had at first.</summary>
    public required long InitialBalance { get; init; }
}
