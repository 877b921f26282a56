using ClusterClient.Simulation.Clients;
using ClusterClient.Simulation.Engine;

namespace ClusterClient.Simulation.Protocols.Database;

/// <summary>One run of the database's shape. Times in µs.</summary>
internal sealed class DatabaseRun
{
    /// <summary>Of so many replicas one is far away.</summary>
    public const int OneFarIn = 5;

    private readonly RunSpec _spec;
    private readonly DatabaseSettings _settings;
    private readonly Replica[] _replicas;
    private readonly ClientPolicy[] _clients;
    private readonly RandomStream _arrivals;
    private readonly RandomStream _works;
    private readonly Calendar _completions;
    private readonly Calendar _changes;
    private readonly EventQueue<DatabaseQuery> _requests = new();
    private readonly EventQueue<DatabaseQuery> _answers = new();
    private readonly Dictionary<int, DatabaseQuery> _served = [];
    private readonly Backlog<DatabaseQuery> _backlog;
    private readonly LatencySample _latencies = new();
    private readonly double _betweenArrivals;
    private double _now;
    private double _nextArrival;
    private int _numbers;

    public DatabaseRun(RunSpec spec)
    {
        _spec = spec;
        _settings = new DatabaseSettings(new Parameters(spec.Parameters));
        var streams = new Streams(spec.Seed);
        _replicas = [.. Enumerable.Range(0, spec.Nodes).Select(r => new Replica(_settings, streams.Of(Purpose.Faults, r), r))];
        _arrivals = streams.Of(Purpose.Arrivals);
        _works = streams.Of(Purpose.Work);
        _completions = new Calendar(spec.Nodes);
        _changes = new Calendar(spec.Nodes);
        _betweenArrivals = _settings.Work / (spec.Load * spec.Nodes * _settings.Cores);
        _clients = [.. Enumerable.Range(0, spec.Clients).Select(c => ClientPolicies.Create(spec.Policy, SetupOf(c, streams)))];
        _backlog = new(_clients, groups: 1, _ => true, Send);
        for (var r = 0; r < _replicas.Length; r++)
        {
            _changes.Set(r, _replicas[r].NextChange);
        }
    }

    private long Now => (long)_now;

    public RunResult Run()
    {
        _nextArrival = _arrivals.Exponential(_betweenArrivals);
        while (_nextArrival < _settings.Duration || _requests.Count + _served.Count + _answers.Count > 0 || !_backlog.IsEmpty)
        {
            Step();
        }

        return new()
        {
            Spec = _spec,
            P50 = _latencies.Quantile(0.5),
            P90 = _latencies.Quantile(0.9),
            P99 = _latencies.Quantile(0.99),
            P999 = _latencies.Quantile(0.999),
            Mean = _latencies.Mean,
            Errors = 0,
            Requests = _latencies.Count,
            Jain = Fairness(),
        };
    }

    /// <summary>The next event, whatever it is. Of equal times the order is the one written here.</summary>
    private void Step()
    {
        var next = Math.Min(_completions.NextTime, Math.Min(_requests.NextTime, _answers.NextTime));
        _now = Math.Min(Math.Min(next, _backlog.NextTime), Math.Min(_changes.NextTime, _nextArrival));
        if (_now == _changes.NextTime)
        {
            var replica = _changes.Next;
            _replicas[replica].Change(_now);
            _changes.Set(replica, _replicas[replica].NextChange);
            Reschedule(replica);
        }
        else if (_now == _answers.NextTime)
        {
            _answers.TryTake(out _, out var query);
            Answer(in query);
        }
        else if (_now == _completions.NextTime)
        {
            Complete(_completions.Next);
        }
        else if (_now == _requests.NextTime)
        {
            _requests.TryTake(out _, out var query);
            _served.Add(++_numbers, query with { BeganAt = _now });
            _replicas[query.Server].Cores.Begin(_now, _numbers, query.Work);
            Reschedule(query.Server);
        }
        else if (_now == _backlog.NextTime)
        {
            _backlog.AskAgain(_now);
        }
        else
        {
            Arrive();
        }
    }

    private void Arrive()
    {
        var client = _arrivals.Next(_clients.Length);
        var work = _works.LogNormal(_settings.Work, _settings.Sigma);
        var next = _now + _arrivals.Exponential(_betweenArrivals);
        _nextArrival = next < _settings.Duration ? next : double.PositiveInfinity;
        _backlog.Add(_now, client, group: 0, new(client, _now, work));
    }

    private void Send(DatabaseQuery query, int server)
    {
        _clients[query.Client].OnSent(server, Now);
        query = query with { Server = server, SentAt = Now };
        _requests.Add(_now + OneWay(in query), query);
    }

    private void Complete(int replica)
    {
        var cores = _replicas[replica].Cores;
        _served.Remove(cores.Complete(_now), out var query);
        Reschedule(replica);

        // No database tells this; it is for the policies of the literature whose servers do.
        query = query with { Feedback = new(cores.Active, 0, _now - query.BeganAt) };
        _answers.Add(_now + OneWay(in query), query);
    }

    private void Answer(in DatabaseQuery query)
    {
        _clients[query.Client].OnDone(query.Server, query.SentAt, Now, failed: false, query.Feedback);
        if (query.CameAt >= _settings.WarmUp)
        {
            _latencies.Add((_now - query.CameAt) / 1000);
        }
    }

    private void Reschedule(int replica) => _completions.Set(replica, _replicas[replica].Cores.NextCompletion);

    private double OneWay(in DatabaseQuery query) => _replicas[query.Server].RoundTripFrom(ZoneOf(query.Client)) / 2;

    private double Fairness()
    {
        var use = _replicas.Select(r =>
        {
            r.Cores.Advance(_now);
            return r.Cores.WorkDone / r.Cores.WorkPossible;
        }).ToArray();
        var sum = use.Sum();
        return sum == 0 ? 1 : sum * sum / (use.Length * use.Sum(u => u * u));
    }

    private ClientSetup SetupOf(int client, Streams streams) => new()
    {
        Ordinal = client,
        Clients = _spec.Clients,
        Servers = _spec.Nodes,
        Groups = [[.. Enumerable.Range(0, _spec.Nodes)]],
        RoundTrips = [.. _replicas.Select(r => (long)r.RoundTripFrom(ZoneOf(client)))],
        Regions = [.. _replicas.Select(r => r.IsFar ? "far" : "near")],
        Zones = [.. _replicas.Select(r => r.IsFar ? "far-a" : NameOf(r.Zone))],
        Region = "near",
        Zone = NameOf(ZoneOf(client)),
        Seed = streams.SeedOf(Purpose.Policy, client),
        Parameters = new Parameters(_spec.Parameters),
        View = new ReplicaView(_replicas, _settings.Work),
    };

    private static int ZoneOf(int client) => client % 2;

    private static string NameOf(int zone) => zone == 0 ? "near-a" : "near-b";
}
