using ClusterClient.Simulation.Clients;
using ClusterClient.Simulation.Protocols;

namespace ClusterClient.Simulation.CommandLine;

/// <summary>Reads <c>--name value</c> pairs. All that can be known to be wrong is said before anything is run.</summary>
internal static class OptionsParser
{
    private const string DefaultSeeds = "1-3";

    /// <summary>Name, meaning, default of what is not a parameter of a protocol or policy.</summary>
    public static readonly IReadOnlyList<(string Name, string Meaning, string Default)> General =
    [
        ("protocol", "the experiments to run, with commas between", "all"),
        ("policy", "the policies to run, with commas between", "the library's and the protocol's usual ones"),
        ("load", "offered loads, as shares of the capacity", "the protocol's"),
        ("seeds", "1-8 or 1,3,5", DefaultSeeds),
        ("nodes", "servers", "the protocol's"),
        ("clients", "clients", "the protocol's"),
        ("parallel", "runs at a time", "the processors"),
        ("csv", "file for a row per run", "none"),
        ("svg", "folder for plots", "none"),
        ("markdown", "file for the table, the command line and the machine", "none"),
    ];

    public static Options Parse(string[] args)
    {
        var given = Pairs(args);
        var general = given.Where(p => General.Any(g => g.Name == p.Key)).ToDictionary();
        var parameters = given.Where(p => !general.ContainsKey(p.Key)).ToDictionary();
        IReadOnlyList<Protocol> protocols = general.TryGetValue("protocol", out var names) && names != "all"
            ? [.. Lists.Of("protocol", names).Select(AllProtocols.Of).Distinct()]
            : AllProtocols.List;
        RefuseUnknown(parameters.Keys, protocols);

        var numbers = new Parameters(general);
        return new()
        {
            Protocols = protocols,
            Policies = general.TryGetValue("policy", out var policies) ? Policies(policies) : [],
            Loads = general.TryGetValue("load", out var loads) ? Lists.OfLoads(loads) : [],
            Seeds = Lists.OfSeeds(general.GetValueOrDefault("seeds", DefaultSeeds)),
            Nodes = numbers.OptionalCount("nodes"),
            Clients = numbers.OptionalCount("clients"),
            Parallel = numbers.Count("parallel", Environment.ProcessorCount, 1),
            Csv = general.GetValueOrDefault("csv"),
            Svg = general.GetValueOrDefault("svg"),
            Markdown = general.GetValueOrDefault("markdown"),
            Parameters = parameters,
        };
    }

    private static Dictionary<string, string> Pairs(string[] args)
    {
        var pairs = new Dictionary<string, string>();
        for (var i = 0; i < args.Length; i++)
        {
            if (!args[i].StartsWith("--", StringComparison.Ordinal) || args[i].Length == 2)
            {
                throw new UsageException($"'{args[i]}' stands alone: options are --name value, lists have commas and no spaces.");
            }

            var (name, value) = args[i].IndexOf('=', StringComparison.Ordinal) is > 2 and var equals
                ? (args[i][2..equals], args[i][(equals + 1)..])
                : (args[i][2..], ++i < args.Length ? args[i] : "");
            if (value.Length == 0 || value.StartsWith("--", StringComparison.Ordinal))
            {
                throw new UsageException($"--{name} needs a value after it.");
            }

            if (!pairs.TryAdd(name, value))
            {
                throw new UsageException($"--{name} is given twice: give it once, several values with commas between where it takes several.");
            }
        }

        return pairs;
    }

    private static string[] Policies(string text)
    {
        var names = Lists.Of("policy", text);
        return names.FirstOrDefault(n => !ClientPolicies.Contains(n)) is { } unknown
            ? throw new UsageException($"--policy is one or more of {string.Join(", ", ClientPolicies.Names)}, not '{unknown}'.")
            : [.. names.Select(ClientPolicies.NameOf).Distinct()];
    }

    private static void RefuseUnknown(IEnumerable<string> names, IReadOnlyList<Protocol> protocols)
    {
        var known = protocols.SelectMany(p => p.Parameters).Concat(ClientPolicies.Parameters).Select(p => p.Name).ToHashSet();
        foreach (var name in names.Where(n => !known.Contains(n)))
        {
            var elsewhere = AllProtocols.List.Where(p => p.Parameters.Any(x => x.Name == name)).Select(p => p.Name).ToArray();
            throw new UsageException(elsewhere.Length > 0
                ? $"--{name} is a parameter of --protocol {string.Join(" and ", elsewhere)}, not of {string.Join(" or ", protocols.Select(p => p.Name))}."
                : $"--{name} is unknown{Nearest(name, known)}. --help lists all.");
        }
    }

    private static string Nearest(string name, HashSet<string> known) =>
        known.Concat(General.Select(g => g.Name)).FirstOrDefault(k => k.StartsWith(name, StringComparison.OrdinalIgnoreCase)
            || name.StartsWith(k, StringComparison.OrdinalIgnoreCase)) is { } nearest
            ? $"; --{nearest} is known"
            : "";
}
