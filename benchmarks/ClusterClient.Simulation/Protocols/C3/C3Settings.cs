namespace ClusterClient.Simulation.Protocols.C3;

/// <summary>Every number of the simulation. Times in µs.</summary>
internal sealed class C3Settings(Parameters given)
{
    private const double Millisecond = 1000;

    /// <summary>Name, meaning, default.</summary>
    public static IReadOnlyList<(string Name, string Meaning, string Default)> Parameters { get; } =
    [
        ("interval", "ms between the changes of each server's speed", "100"),
        ("drift", "how many times faster the fast speed is", "3"),
        ("service", "mean service time at the slow speed, in ms", "4"),
        ("slots", "requests that a server works at together", "4"),
        ("replicas", "servers that hold a piece of data", "3"),
        ("read-repair", "share of the reads that go to all replicas, the others' answers unused", "0.1"),
        ("requests", "reads of one run", "600000"),
        ("warmup", "seconds before reads are counted", "2"),
        ("one-way", "ms from client to server", "0.25"),
    ];

    public double Interval { get; } = given.Positive("interval", 100) * Millisecond;

    public double Drift { get; } = given.Positive("drift", 3);

    public double Service { get; } = given.Positive("service", 4) * Millisecond;

    public int Slots { get; } = given.Count("slots", 4, 1);

    public int Replicas { get; } = given.Count("replicas", 3, 1);

    public double ReadRepair { get; } = given.Share("read-repair", 0.1);

    public int Requests { get; } = given.Count("requests", 600_000, 1);

    public double WarmUp { get; } = given.Number("warmup", 2) * Millisecond * 1000;

    public double OneWay { get; } = given.Number("one-way", 0.25) * Millisecond;
}
