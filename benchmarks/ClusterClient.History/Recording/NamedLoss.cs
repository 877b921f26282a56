namespace ClusterClient.History.Recording;

/// <summary>What one report of the library says to be lost.</summary>
internal sealed record NamedLoss
{
    /// <summary>Transactions that are lost for certain.</summary>
    public IReadOnlyCollection<NamedTransaction> Lost { get; init; } = [];

    /// <summary>Transactions that may be lost.</summary>
    public IReadOnlyCollection<NamedTransaction> Doubtful { get; init; } = [];

    /// <summary>How many ordinary commands may be lost.</summary>
    public int Commands { get; init; }

    /// <summary>When the first of these commands was acknowledged; null when there are none.</summary>
    public DateTimeOffset? From { get; init; }

    /// <summary>When the last of them was.</summary>
    public DateTimeOffset? To { get; init; }

    public override string ToString() =>
        $"a report of {Lost.Count} lost transactions, {Doubtful.Count} that may be, {Commands} commands{(From is null ? "" : $" from {From:HH:mm:ss.fff} to {To:HH:mm:ss.fff}")}";
}
