namespace ClusterClient.Benchmarks.Reads;

/// <summary>How much load there is, and for how long.</summary>
internal sealed record ReadsSettings
{
    /// <summary>What the slow replica's answers come later.</summary>
    public static readonly TimeSpan Delay = TimeSpan.FromMilliseconds(20);

    /// <summary>For how long it stands still, once in each block.</summary>
    public static readonly TimeSpan Freeze = TimeSpan.FromMilliseconds(250);

    /// <summary>What of a block is not counted: its policy has not run for a while.</summary>
    public static readonly TimeSpan Settling = TimeSpan.FromSeconds(1);

    public ReadsSettings(Arguments arguments)
    {
        Readers = arguments.Number("readers", 12);
        Think = TimeSpan.FromMilliseconds(arguments.Number("think", 20));
        Block = TimeSpan.FromSeconds(arguments.Number("block", 5));
        Rounds = arguments.Number("rounds", 8);
        Healings = arguments.Number("healings", 5);
    }

    public int Readers { get; }

    public TimeSpan Think { get; }

    public TimeSpan Block { get; }

    public int Rounds { get; }

    public int Healings { get; }
}
