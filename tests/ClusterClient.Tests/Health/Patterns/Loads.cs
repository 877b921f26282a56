using ClusterClient.Health.Patterns;

namespace ClusterClient.Tests.Health.Patterns;

/// <summary>Loads by the hour, in requests a second.</summary>
internal static class Loads
{
    public static Func<int, double> Flat => _ => 100;

    /// <summary>Busy by day and quiet by night, and quieter still on the weekend.</summary>
    public static Func<int, double> Office => hour =>
    {
        var bucket = HourOfWeek.Bucket(hour);
        var day = 100 - (80 * Math.Cos(2 * Math.PI * (bucket % 24) / 24));
        return bucket >= 5 * 24 ? day / 3 : day;
    };

    /// <summary>The load times something lognormal that is new each hour.</summary>
    public static Func<int, double> Noisy(this Func<int, double> load, double deviation, int seed) =>
        hour => load(hour) * Math.Exp(deviation * Normal(((ulong)seed << 32) | (uint)hour));

    /// <summary>The load times a factor from an hour on.</summary>
    public static Func<int, double> Shifted(this Func<int, double> load, int from, double factor) =>
        hour => load(hour) * (hour >= from ? factor : 1);

    private static double Normal(ulong key) =>
        Math.Sqrt(-2 * Math.Log(1 - Even(2 * key))) * Math.Cos(2 * Math.PI * Even((2 * key) + 1));

    // splitmix64. Seeds of Random that follow one another give numbers that do so too, and no noise.
    private static double Even(ulong key)
    {
        var z = key * 0x9E3779B97F4A7C15;
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
        return ((z ^ (z >> 31)) >> 11) * (1.0 / (1ul << 53));
    }
}
