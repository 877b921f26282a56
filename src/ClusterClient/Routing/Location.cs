namespace ClusterClient.Routing;

/// <summary>Where a caller stands, in the numbers of a <see cref="Geography"/>.</summary>
internal readonly record struct Location
{
    private const int RegionOffset = 1;
    private readonly int _region;

    /// <summary>Nowhere in particular: no node is nearer to it than another but by its round trip.</summary>
    public static Location Nowhere => default;

    /// <summary>A region in which no node stands.</summary>
    public const int Elsewhere = 255;

    public Location(int region, int zone) => (_region, Zone) = (region + RegionOffset, zone);

    public bool IsNowhere => _region == 0;

    public int Region => _region - RegionOffset;

    /// <summary>0 when it has none: such a caller has no zone in common with anybody.</summary>
    public int Zone { get; }
}
