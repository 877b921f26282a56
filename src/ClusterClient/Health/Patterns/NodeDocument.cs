namespace ClusterClient.Health.Patterns;

/// <summary>One node in a <see cref="PatternDocument"/>.</summary>
internal sealed record NodeDocument
{
    /// <summary>How much busier than usual it was.</summary>
    public double Ratio { get; init; }

    /// <summary>The hours that are known, in any order.</summary>
    public HourDocument?[]? Hours { get; init; }

    public bool IsSound => double.IsFinite(Ratio) && Ratio > 0 && Hours is not null && Hours.All(h => h is not null && h.IsSound);

    public static NodeDocument Of(NodeMemory memory) => new()
    {
        Ratio = memory.Ratio,
        Hours = [.. memory.Profile.Buckets.ToArray().Where(b => b.Weeks > 0).Select(HourDocument.Of)],
    };

    // Hours that are still to come were written under a clock that was ahead; they would never expire.
    public NodeMemory ToMemory(string node, int now) => new(
        node, Ratio, HourOfWeekProfile.From(Hours!.Where(h => h!.Hour <= now).OrderBy(h => h!.Hour).Select(h => h!.ToBucket())));
}
