namespace ClusterClient.Simulation.Protocols.Database;

/// <summary>Every number of the protocol. Times in µs.</summary>
internal sealed class DatabaseSettings(Parameters given)
{
    private const double Millisecond = 1000;
    private const double Second = 1_000_000;

    /// <summary>Name, meaning, default.</summary>
    public static IReadOnlyList<(string Name, string Meaning, string Default)> Parameters { get; } =
    [
        ("duration", "seconds of arrivals", "45"),
        ("warmup", "seconds of these that are not counted", "5"),
        ("cores", "cores of a replica, at most one for a query", "8"),
        ("work", "mean work of a query, in ms of a core", "2"),
        ("sigma", "standard deviation of the work's logarithm", "1"),
        ("rtt-near", "ms of round trip within a zone", "0.3"),
        ("rtt-cross", "ms of round trip between zones", "1"),
        ("rtt-far", "ms of round trip to a replica in another region", "12"),
        ("fault-every", "mean seconds between a replica's faults", "20"),
        ("freeze-share", "share of the faults that are freezes; the others are brown-outs", "0.5"),
        ("freeze-ms", "ms that a freeze lasts", "250"),
        ("freeze-cores", "cores left in a freeze", "0.05"),
        ("brownout-ms", "ms that a brown-out lasts", "2000"),
        ("brownout-speed", "share of the cores left in a brown-out", "0.25"),
    ];

    public double Duration { get; } = given.Positive("duration", 45) * Second;

    public double WarmUp { get; } = given.Number("warmup", 5) * Second;

    public double Cores { get; } = given.Positive("cores", 8);

    public double Work { get; } = given.Positive("work", 2) * Millisecond;

    public double Sigma { get; } = given.Number("sigma", 1);

    public double RoundTripNear { get; } = given.Number("rtt-near", 0.3) * Millisecond;

    public double RoundTripAcross { get; } = given.Number("rtt-cross", 1) * Millisecond;

    public double RoundTripFar { get; } = given.Number("rtt-far", 12) * Millisecond;

    public double FaultEvery { get; } = given.Positive("fault-every", 20) * Second;

    public double FreezeShare { get; } = given.Share("freeze-share", 0.5);

    public double FreezeTime { get; } = given.Number("freeze-ms", 250) * Millisecond;

    public double FreezeCores { get; } = given.Positive("freeze-cores", 0.05);

    public double BrownoutTime { get; } = given.Number("brownout-ms", 2000) * Millisecond;

    public double BrownoutSpeed { get; } = given.Positive("brownout-speed", 0.25);
}
