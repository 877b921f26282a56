using ClusterClient.Resilience;

namespace ClusterClient.Data;

/// <summary>Whom a call is for, as it is found out when its connection is opened; see <see cref="ClusterDataSourceView.ForEachCaller"/>. Immutable.</summary>
/// <remarks>
/// It may come from afar, so that nothing in it fails a call: a region in which no node stands, a key that is empty or longer than
/// <see cref="LongestKey"/>, and a priority that there is none are left out.
/// </remarks>
public sealed record CallerContext
{
    /// <summary>Of a longer key nothing is taken.</summary>
    public const int LongestKey = 128;

    /// <summary>As <see cref="ClusterDataSourceView.ForRegion"/> takes it, or null for the view's own.</summary>
    public string? Region { get; init; }

    /// <summary>As <see cref="ClusterDataSourceView.ForCaller"/> takes it, or null for the view's own.</summary>
    public string? Key { get; init; }

    /// <summary>As <see cref="ClusterDataSourceView.WithPriority"/> takes it, or null for the view's own.</summary>
    public CallPriority? Priority { get; init; }
}
