using System.Numerics;

namespace ClusterClient.Health;

/// <summary>A latency's binary logarithm in steps of 1/256, so that the mean of many is the logarithm of their geometric mean.</summary>
/// <remarks>
/// Why geometric: one report of a minute among ten queries of a millisecond makes their mean six seconds, and their geometric mean
/// three milliseconds. It tells a node that is slow from a node that was asked something long. The logarithm is linear between powers
/// of two, <c>log2(2^e (1 + m)) ≈ e + m</c>: at most 0.086 too low (6 % of the latency), and not at all where all are alike.
/// Source: Mitchell, "Computer multiplication and division using binary logarithms", 1962.
/// </remarks>
internal static class LatencyLevel
{
    private const int StepBits = 8;
    private const double Step = 1.0 / (1 << StepBits);

    /// <param name="microseconds">Anything below 1 counts as 1.</param>
    public static int Of(long microseconds)
    {
        var value = (ulong)Math.Max(1, microseconds);
        var exponent = BitOperations.Log2(value);
        var mantissa = exponent >= StepBits ? value >> (exponent - StepBits) : value << (StepBits - exponent);
        return (exponent << StepBits) + (int)(mantissa & ((1 << StepBits) - 1));
    }

    /// <summary>The latency at this level, in µs.</summary>
    public static double Back(double level)
    {
        var exponent = Math.Floor(level * Step);
        return Math.ScaleB(1 + (level * Step) - exponent, (int)exponent);
    }
}
