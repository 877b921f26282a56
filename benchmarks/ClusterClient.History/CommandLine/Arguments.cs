using System.Globalization;

namespace ClusterClient.History.CommandLine;

/// <summary>What one run is asked to do.</summary>
internal sealed record Arguments
{
    public required int Seed { get; init; }

    public int Faults { get; init; } = 200;

    public ReplicationMode Mode { get; init; }

    public ResolutionWay Resolution { get; init; }

    public int Clients { get; init; } = 8;

    public BrokenLaw Break { get; init; }

    /// <summary>The history's file.</summary>
    public required string Out { get; init; }

    /// <summary>How many faults lie between two checks; the run ends at the first violation that one finds.</summary>
    public int FaultsPerCheck => Break == BrokenLaw.None ? 40 : 4;

    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture,
        $"--seed {Seed} --faults {Faults} --mode {Word(Mode)} --resolution {Word(Resolution)} --clients {Clients}"
            + $"{(Break == BrokenLaw.None ? "" : $" --break {Word(Break)}")} --out {Out}");

    /// <summary>A value as it is written on the command line: RetryBlindly is retry-blindly.</summary>
    internal static string Word<T>(T value)
        where T : struct, Enum => string.Concat(value.ToString().Select((c, at) => char.IsUpper(c) ? $"{(at > 0 ? "-" : "")}{char.ToLowerInvariant(c)}" : $"{c}"));
}
