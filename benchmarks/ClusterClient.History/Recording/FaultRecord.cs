namespace ClusterClient.History.Recording;

/// <summary>One fault that was injected, and its end.</summary>
internal sealed record FaultRecord
{
    /// <summary>From 1 on.</summary>
    public required int Number { get; init; }

    public required string Name { get; init; }

    /// <summary>The node that it was done to.</summary>
    public required string Node { get; init; }

    public required DateTimeOffset Began { get; init; }

    /// <summary>The node that was promoted; null when none was.</summary>
    public string? Promoted { get; init; }

    /// <summary>How many connections were cut at a COMMIT; null when none were to be.</summary>
    public int? Cuts { get; init; }

    /// <summary>
    /// When a primary that clients reach accepted writes again, as a write past the library showed, or when their link was healed; null when
    /// writes never stopped.
    /// </summary>
    public DateTimeOffset? AcceptedAt { get; init; }

    /// <summary>When the group was healthy again.</summary>
    public DateTimeOffset Ended { get; init; }

    public override string ToString() =>
        $"fault {Number}, {Name} at {Node}{(Promoted is null ? "" : $", {Promoted} promoted")}{(Cuts is null ? "" : $", {Cuts} commits cut")}, {Began:HH:mm:ss.fff} to {Ended:HH:mm:ss.fff}"
            + $"{(AcceptedAt is { } at ? $", writes accepted from {at:HH:mm:ss.fff}" : "")}";
}
