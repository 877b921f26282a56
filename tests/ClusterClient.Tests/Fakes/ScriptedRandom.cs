namespace ClusterClient.Tests.Fakes;

/// <summary>
/// Chance as a script: the values come round and round. Seeds that are drawn from it are fixed, so that a run repeats itself.
/// </summary>
internal sealed class ScriptedRandom(params double[] values) : Random(0)
{
    private int _at = -1;

    public override double NextDouble() => values[Interlocked.Increment(ref _at) % values.Length];

    public override int Next() => (int)(NextDouble() * int.MaxValue);
}
