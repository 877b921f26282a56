namespace ClusterClient.Benchmarks.Overload;

/// <summary>One request as its caller saw it.</summary>
/// <param name="Caller">Whose it was, counted from 0.</param>
/// <param name="DueAt">When it was due, in seconds since the run began.</param>
/// <param name="Seconds">What it took since then, however late it was sent.</param>
/// <param name="IsServed">Whether it was answered in time.</param>
internal readonly record struct Outcome(int Caller, double DueAt, double Seconds, bool IsServed)
{
    public double EndedAt => DueAt + Seconds;
}
