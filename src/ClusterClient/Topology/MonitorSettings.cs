namespace ClusterClient.Topology;

/// <summary>The monitor's rhythm, fixed when the data source is built.</summary>
internal sealed record MonitorSettings
{
    /// <summary>While all is well: time between two looks at a node, ±10 %.</summary>
    public required TimeSpan Interval { get; init; }

    /// <summary>How long a look may take; the first on a new connection gets <see cref="ConnectTimeout"/>.</summary>
    public required TimeSpan ProbeTimeout { get; init; }

    public TimeSpan ConnectTimeout => ProbeTimeout * 2;

    /// <summary>While something is wrong: between looks at a node that answers. One query of a fraction of a millisecond.</summary>
    public static readonly TimeSpan QuickInterval = TimeSpan.FromMilliseconds(15);

    /// <summary>While something is wrong: between attempts at a node that does not answer.</summary>
    public static readonly TimeSpan QuickReconnect = TimeSpan.FromMilliseconds(50);

    /// <summary>After this long without getting well, quick looks slow down by <see cref="TiredFactor"/>.</summary>
    public static readonly TimeSpan Tired = TimeSpan.FromSeconds(60);

    public const int TiredFactor = 4;

    /// <summary>A timeout that comes later than this multiple of itself says that this process stalled, not the node.</summary>
    public const double StallFactor = 1.25;

    /// <summary>How often in a row a look is given its time again for that reason.</summary>
    public const int MaxStalls = 3;

    /// <summary>The longest pause between attempts at a node that stays away while the group is well.</summary>
    public static readonly TimeSpan SlowestReconnect = TimeSpan.FromSeconds(1);
}
