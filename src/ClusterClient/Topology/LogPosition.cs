namespace ClusterClient.Topology;

/// <summary>How far a node is in its history: a log sequence number in PostgreSQL. Comparable within one epoch only.</summary>
/// <param name="Ordinal">The position as a number that grows with every write.</param>
public readonly record struct LogPosition(ulong Ordinal) : IComparable<LogPosition>
{
    /// <inheritdoc/>
    public int CompareTo(LogPosition other) => Ordinal.CompareTo(other.Ordinal);

    /// <summary>Whether <paramref name="left"/> lies before <paramref name="right"/>.</summary>
    public static bool operator <(LogPosition left, LogPosition right) => left.Ordinal < right.Ordinal;

    /// <summary>Whether <paramref name="left"/> lies after <paramref name="right"/>.</summary>
    public static bool operator >(LogPosition left, LogPosition right) => left.Ordinal > right.Ordinal;

    /// <summary>Whether <paramref name="left"/> lies before or at <paramref name="right"/>.</summary>
    public static bool operator <=(LogPosition left, LogPosition right) => left.Ordinal <= right.Ordinal;

    /// <summary>Whether <paramref name="left"/> lies after or at <paramref name="right"/>.</summary>
    public static bool operator >=(LogPosition left, LogPosition right) => left.Ordinal >= right.Ordinal;

    /// <summary>The position as PostgreSQL writes it: two hexadecimal halves.</summary>
    public override string ToString() => $"{Ordinal >> 32:X}/{(uint)Ordinal:X}";
}
