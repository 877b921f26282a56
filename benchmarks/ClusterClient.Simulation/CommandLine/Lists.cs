using System.Globalization;

namespace ClusterClient.Simulation.CommandLine;

/// <summary>Values with commas between.</summary>
internal static class Lists
{
    private const int MaxSeeds = 10_000;

    public static string[] Of(string name, string text) =>
        text.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries) is { Length: > 0 } items
            ? items
            : throw new UsageException($"--{name} takes values with commas between.");

    public static IReadOnlyList<double> OfLoads(string text) =>
    [
        .. Of("load", text).Select(item =>
            double.TryParse(item, NumberStyles.Float, CultureInfo.InvariantCulture, out var load) && load > 0 && double.IsFinite(load)
                ? load
                : throw new UsageException($"--load takes numbers above 0 such as 0.7,0.9 (1 is the full capacity), not '{item}'.")).Distinct(),
    ];

    /// <summary>Single ones and spans: <c>1-3,7</c>.</summary>
    public static IReadOnlyList<int> OfSeeds(string text) => [.. Of("seeds", text).SelectMany(Span).Distinct()];

    private static IEnumerable<int> Span(string item)
    {
        var ends = item.Split('-');
        return ends.Length <= 2 && Seed(ends[0]) is { } first && Seed(ends[^1]) is { } last && first <= last && last - first < MaxSeeds
            ? Enumerable.Range(first, last - first + 1)
            : throw new UsageException($"--seeds takes 1-8 or 1,3,5, at most {MaxSeeds} of them, not '{item}'.");
    }

    private static int? Seed(string text) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var seed) && seed < int.MaxValue ? seed : null;
}
