using System.Globalization;

namespace ClusterClient.History.CommandLine;

/// <summary>Reads <c>--name value</c> pairs. All that can be known to be wrong is said before anything is started.</summary>
internal static class ArgumentParser
{
    private const int MaxFaults = 100_000;

    // Every client may hold a connection, and the servers take a hundred.
    private const int MaxClients = 60;

    public static readonly IReadOnlyList<(string Name, string Meaning, string Default)> Options =
    [
        ("seed", "decides the faults and the operations; their interleaving is the machine's", "random, and printed"),
        ("faults", "how many faults are injected, one after the other", "200"),
        ("mode", "sync: a commit waits for a standby, and no write may be lost; async: a lost one has to be named by the library", "sync"),
        ("resolution", "how the library finds out what became of a commit: id, marker or off", "id"),
        ("clients", "clients that work at the same time", "8"),
        ("out", "file for the history, an object a line", "in the temp folder"),
        ("break", "breaks a law on purpose, which has to be found: retry-blindly, trust-status (async), old-primary (async)", "none"),
    ];

    public static Arguments Parse(string[] args)
    {
        var given = Pairs(args);
        var law = given.TryGetValue("break", out var broken) ? One("break", broken, BrokenLaw.None) : BrokenLaw.None;
        var needsLosses = law is BrokenLaw.TrustStatus or BrokenLaw.OldPrimary;
        var mode = given.TryGetValue("mode", out var named) ? One<ReplicationMode>("mode", named)
            : needsLosses ? ReplicationMode.Async : ReplicationMode.Sync;
        if (needsLosses && mode == ReplicationMode.Sync)
        {
            throw new UsageException($"--break {broken} shows only where writes are lost: use --mode async with it, or no --mode.");
        }

        var resolution = given.TryGetValue("resolution", out var way) ? One<ResolutionWay>("resolution", way)
            : law == BrokenLaw.TrustStatus ? ResolutionWay.Off : ResolutionWay.Id;
        if (law == BrokenLaw.TrustStatus && resolution != ResolutionWay.Off)
        {
            throw new UsageException($"--break {broken} has the client resolve commits in the library's place: use --resolution off with it, or no --resolution.");
        }

        var seed = given.TryGetValue("seed", out var text) ? Number("seed", text, 0, int.MaxValue) : Random.Shared.Next(1_000_000);
        return new()
        {
            Seed = seed,
            Faults = given.TryGetValue("faults", out var faults) ? Number("faults", faults, 1, MaxFaults) : 200,
            Mode = mode,
            Resolution = resolution,
            Clients = given.TryGetValue("clients", out var clients) ? Number("clients", clients, 1, MaxClients) : 8,
            Break = law,
            Out = Path.GetFullPath(given.GetValueOrDefault("out") ?? Path.Combine(Path.GetTempPath(), $"clusterclient-history-{seed}.jsonl")),
        };
    }

    public static string Help() => string.Join(
        Environment.NewLine,
        [
            "Clients work through the library on real servers while faults are injected; the history is then held against what the database has.",
            "benchmarks/run history [options]",
            "",
            .. Options.Select(o => $"  --{o.Name,-11} {o.Meaning} [{o.Default}]"),
            "",
            "Ends with 0 when all is well, 1 with violations, which are printed, 2 when the arguments make no sense, 3 when the servers failed",
            "to recover, 130 when it was interrupted.",
            "",
        ]);

    private static Dictionary<string, string> Pairs(string[] args)
    {
        var pairs = new Dictionary<string, string>();
        for (var i = 0; i < args.Length; i++)
        {
            if (!args[i].StartsWith("--", StringComparison.Ordinal) || args[i].Length == 2)
            {
                throw new UsageException($"'{args[i]}' stands alone: options are --name value. --help lists them.");
            }

            var (name, value) = args[i].IndexOf('=', StringComparison.Ordinal) is > 2 and var equals
                ? (args[i][2..equals], args[i][(equals + 1)..])
                : (args[i][2..], i + 1 < args.Length ? args[++i] : "");
            if (Options.All(o => o.Name != name))
            {
                throw new UsageException($"--{name} is unknown. --help lists all.");
            }

            if (value.Length == 0 || value.StartsWith("--", StringComparison.Ordinal))
            {
                throw new UsageException($"--{name} needs a value after it.");
            }

            if (!pairs.TryAdd(name, value))
            {
                throw new UsageException($"--{name} is given twice.");
            }
        }

        return pairs;
    }

    private static int Number(string name, string text, int least, int most) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number >= least && number <= most
            ? number
            : throw new UsageException($"--{name} is a whole number from {least} to {most}, not '{text}'.");

    private static T One<T>(string name, string text, params T[] except)
        where T : struct, Enum
    {
        var words = Enum.GetValues<T>().Except(except).ToDictionary(Arguments.Word);
        return words.TryGetValue(text, out var value)
            ? value
            : throw new UsageException($"--{name} is {string.Join(" or ", words.Keys)}, not '{text}'.");
    }
}
