namespace Dashboard.Servers;

/// <summary>The two regions.</summary>
internal static class Places
{
    /// <summary>Where this program is located.</summary>
    public const string Here = "eu";

    public const string Elsewhere = "us";

    /// <summary>What a round trip to the other region takes longer.</summary>
    public static readonly TimeSpan Distance = TimeSpan.FromMilliseconds(10);
}
