using System.Collections.Immutable;

namespace ClusterClient.Routing;

/// <summary>What distance is worth, fixed when the data source is built.</summary>
internal sealed record LocalitySettings
{
    /// <summary>One over each node's weight, in the order of the configuration; 1 where there is none.</summary>
    public ImmutableArray<float> PerWeight { get; init; } = [];

    /// <summary>What a request costs beyond its latency when it leaves its zone, and its region, in µs.</summary>
    public float ZoneCost { get; init; }

    public float RegionCost { get; init; }

    /// <summary>Which of the fleet's clients this is: clients with different numbers get subsets that are even together.</summary>
    public int Ordinal { get; init; }

    /// <summary>With more of its connections in use than this share of the limit, a node is avoided.</summary>
    public const float NearLimit = 0.9f;

    /// <summary>
    /// Going farther pays only when it is this much cheaper, and by <see cref="MarginFloor"/> more: two places that are as good as each
    /// other must not take turns with everybody's traffic.
    /// </summary>
    private const float Margin = 1.2f;

    /// <summary>In µs: 1 ms.</summary>
    private const float MarginFloor = 1_000;

    /// <summary>What a nearer place must exceed so that going farther for this cost pays.</summary>
    public static float WithMargin(float cost) => (cost * Margin) + MarginFloor;
}
