using ClusterClient.Routing;
using ClusterClient.Routing.Policies;
using ClusterClient.Simulation.Clients.Library;
using ClusterClient.Simulation.Clients.Literature;

namespace ClusterClient.Simulation.Clients;

/// <summary>Every policy that can be run, by its name on the command line.</summary>
internal static class ClientPolicies
{
    /// <summary>The library's own, by the names that its options have.</summary>
    public static readonly IReadOnlyDictionary<string, Func<ClientSetup, ClientPolicy>> OfLibrary =
        new RoutingPolicy[]
        {
            new LatencyScored(), new LeastInFlight(), new PowerOfTwo(), new Routing.Policies.RoundRobin(), new Nearest(), new HotCold(),
        }.ToDictionary(p => p.Name, p => (Func<ClientSetup, ClientPolicy>)(setup => new LibraryClient(setup, p)), StringComparer.OrdinalIgnoreCase);

    /// <summary>The literature's and the other drivers', to compare with.</summary>
    public static readonly IReadOnlyDictionary<string, Func<ClientSetup, ClientPolicy>> OfLiterature =
        new Dictionary<string, Func<ClientSetup, ClientPolicy>>(StringComparer.OrdinalIgnoreCase)
        {
            ["random"] = setup => new RandomChoice(setup),
            ["rr"] = setup => new Literature.RoundRobin(setup),
            ["wrr"] = setup => new WeightedRoundRobin(setup),
            ["lor"] = setup => new LeastOutstanding(setup, ScoredPolicy.All),
            ["p2c"] = setup => new LeastOutstanding(setup, 2),
            ["yarp-p2c"] = setup => new PolledTwoChoices(setup),
            ["peak-ewma"] = setup => new PeakEwma(setup, ScoredPolicy.All),
            ["peak-ewma-p2c"] = setup => new PeakEwma(setup, 2),
            ["mongo"] = setup => new MongoWindow(setup),
            ["ewma-outstanding"] = setup => new EwmaTimesOutstanding(setup),
            ["cubic-plain"] = setup => new PlainCubic(setup, ScoredPolicy.All),
            ["cubic-8"] = setup => new PlainCubic(setup, 8),
            ["cubic-2"] = setup => new PlainCubic(setup, 2),
            ["aged-cubic"] = setup => new AgedCubic(setup),
            ["prequal"] = setup => new PrequalClient(setup),
            ["linear"] = setup => new LinearBlend(setup),
            ["c3-probes"] = setup => new ProbedC3(setup),
            ["c3"] = setup => new C3Client(setup, limited: true),
            ["c3-nolimit"] = setup => new C3Client(setup, limited: false),
            ["oracle"] = setup => new Oracle(setup),
        };

    /// <summary>The parameters that policies have: name, what it means, default.</summary>
    public static readonly IReadOnlyList<(string Name, string Meaning, string Default)> Parameters =
    [
        ("cubic-k", "how much a request of one's own in flight weighs in the cubic scores", "aged-cubic 5, else 1"),
        ("cubic-weight", "weight of the newest latency in the cubic scores", "0.5"),
        ("cubic-age", "share of the age of what is out that aged-cubic adds", "0.5"),
        ("cubic-forget", "seconds in which aged-cubic forgets an estimate", "10"),
        ("cubic-penalty", "ms that a failure adds to its latency in the cubic scores", "1000"),
        ("cubic-choices", "servers that aged-cubic scores afresh for each request; 0 for all", "0"),
        ("peak-tau", "seconds in which Peak-EWMA's cost decays", "10"),
        ("mongo-window", "ms by which a server may be farther than the nearest", "15"),
        ("poll", "ms between yarp-p2c's polls of the servers", "500"),
        ("wrr-period", "seconds between wrr's updates of its weights", "1"),
        ("wrr-alpha", "weight of the newest goodput and processor use in wrr", "0.03"),
        ("prequal-pool", "probes that a client keeps", "16"),
        ("prequal-probes", "probes sent per query", "3"),
        ("prequal-remove", "probes removed per query", "1"),
        ("prequal-quantile", "quantile of requests in flight above which a server is hot", "0.84"),
        ("prequal-window", "answers to probes that the quantile is taken over", "128"),
        ("prequal-age", "seconds for which a probe holds", "1"),
        ("prequal-delta", "net probes that the reuse of a probe is reckoned to leave per query", "1"),
        ("c3-rate-interval", "ms that C3's rates are per", "20"),
        ("c3-gamma", "steepness of C3's cubic curve, per ms³", "0.000004"),
        ("c3-beta", "factor by which C3 lowers a rate", "0.2"),
        ("c3-smax", "most that C3 raises a rate at once", "10"),
        ("c3-hysteresis", "intervals after a raise in which C3 does not lower a rate", "2"),
        ("linear-share", "share of the requests in flight in the linear blend; the rest is latency's", "0.5"),
        ("linear-alpha", "ms of latency that one request in flight counts as in the linear blend", "75"),
    ];

    public static IEnumerable<string> Names => OfLibrary.Keys.Concat(OfLiterature.Keys);

    public static bool Contains(string name) => OfLibrary.ContainsKey(name) || OfLiterature.ContainsKey(name);

    /// <summary>The name as it is written here, of one that may be written in other letter case.</summary>
    public static string NameOf(string name) => Names.First(n => n.Equals(name, StringComparison.OrdinalIgnoreCase));

    public static ClientPolicy Create(string name, ClientSetup setup) =>
        OfLibrary.TryGetValue(name, out var make) || OfLiterature.TryGetValue(name, out make)
            ? make(setup)
            : throw new UsageException($"--policy {name} is none of {string.Join(", ", Names)}.");
}
