namespace ClusterClient.Simulation.Engine;

/// <summary>
/// The random streams of one run. Each follows from the seed, its purpose and its ordinal alone: under the same seed every policy
/// meets the same arrivals, work and faults (common random numbers), and what is compared are policies, not luck.
/// </summary>
internal sealed class Streams(int seed)
{
    /// <param name="purpose">What it is for.</param>
    /// <param name="ordinal">Which one of that purpose: a server's, a client's.</param>
    public RandomStream Of(Purpose purpose, int ordinal = 0) => new(Mixed(purpose, ordinal));

    /// <summary>A seed for something that makes a stream of its own from it.</summary>
    public int SeedOf(Purpose purpose, int ordinal = 0) => (int)(Mixed(purpose, ordinal) >> 33);

    private ulong Mixed(Purpose purpose, int ordinal)
    {
        var state = SplitMix(unchecked((ulong)seed));
        state = SplitMix(state ^ (ulong)purpose);
        return SplitMix(state ^ unchecked((uint)ordinal));
    }

    private static ulong SplitMix(ulong state) => RandomStream.SplitMix(ref state);
}
