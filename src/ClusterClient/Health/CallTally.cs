namespace ClusterClient.Health;

/// <summary>How the calls of some time ended.</summary>
/// <param name="Calls">How many ended, in an answer or in a fault of the node's.</param>
/// <param name="Faults">How many of them in a fault.</param>
/// <param name="Levels">The sum of their <see cref="LatencyLevel"/>s.</param>
internal readonly record struct CallTally(long Calls, long Faults, long Levels)
{
    /// <summary>0 to 1; 0 when there were no calls.</summary>
    public double FaultRatio => Calls == 0 ? 0 : (double)Faults / Calls;

    /// <summary>The geometric mean of their latencies, in µs; 0 when there were no calls.</summary>
    public double TypicalLatency => Calls == 0 ? 0 : LatencyLevel.Back((double)Levels / Calls);

    public static CallTally operator +(CallTally a, CallTally b) => new(a.Calls + b.Calls, a.Faults + b.Faults, a.Levels + b.Levels);
}
