using ClusterClient.Simulation.Clients;
using ClusterClient.Simulation.Engine;

namespace ClusterClient.Simulation.Protocols.Prequal;

/// <summary>
/// One run of the testbed. The queries that come between the warm-up and the end of the duration are counted; after it queries keep
/// coming, uncounted, until the last counted one has ended, so that the slowest are neither lost nor eased.
/// </summary>
internal sealed class PrequalRun
{
    private readonly RunSpec _spec;
    private readonly PrequalSettings _settings;
    private readonly PrequalFleet _fleet;
    private readonly PrequalNetwork _network;
    private readonly QueryWork _work;
    private readonly QueryRing _queries;
    private readonly ClientPolicy[] _clients;
    private readonly Backlog<int> _backlog;
    private readonly EventQueue<PrequalTick> _ticks = new();
    private readonly RandomStream _arrivals;
    private readonly RandomStream _workDraws;
    private readonly RandomStream _freezes;
    private readonly LatencySample _latencies = new();
    private readonly double _interval;
    private readonly double _countUntil;
    private double _now;
    private double _nextArrival;
    private long _counted;
    private long _errors;

    public PrequalRun(RunSpec spec)
    {
        _spec = spec;
        _settings = new PrequalSettings(new Parameters(spec.Parameters));
        var streams = new Streams(spec.Seed);
        _fleet = new PrequalFleet(_settings, streams, spec.Nodes);
        _network = new PrequalNetwork(_settings.OneWay);
        _work = new QueryWork(_settings.Work, _settings.WorkDeviation);
        _queries = new QueryRing(_settings.Deadline);
        _arrivals = streams.Of(Purpose.Arrivals);
        _workDraws = streams.Of(Purpose.Work);
        _interval = _work.Mean / (spec.Load * _fleet.EvenCapacity);
        _countUntil = _settings.WarmUp + _settings.Duration;
        var setups = new PrequalSetups(spec, _settings, streams, new PrequalView(_fleet, _work.Mean));
        _clients = [.. Enumerable.Range(0, spec.Clients).Select(c => ClientPolicies.Create(spec.Policy, setups.Of(c, new PrequalProber(this, c))))];
        _backlog = new(_clients, groups: 1, _queries.IsOpen, Send);

        _ticks.Add(_settings.Step, new(PrequalTickKind.AntagonistsStep));
        _ticks.Add(_settings.WarmUp, new(PrequalTickKind.CountingStarts));
        _freezes = streams.Of(Purpose.Faults, spec.Nodes);
        for (var server = 0; _settings.FreezeEvery > 0 && server < spec.Nodes; server++)
        {
            _ticks.Add(_freezes.Exponential(_settings.FreezeEvery), new(PrequalTickKind.Freeze, server));
        }

        var phases = streams.Of(Purpose.Network);
        for (var c = 0; c < _clients.Length; c++)
        {
            // Processes that start at different times.
            var phase = phases.Next();
            if (_clients[c].TimerPeriod > 0)
            {
                _ticks.Add(phase * _clients[c].TimerPeriod, new(PrequalTickKind.PolicyTimer, c));
            }
        }
    }

    private long Now => (long)_now;

    public RunResult Run()
    {
        _nextArrival = _arrivals.Exponential(_interval);
        while (_nextArrival < _countUntil || _latencies.Count < _counted)
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
            Errors = _errors,
            Requests = _counted,
            Jain = _fleet.Fairness(_now),
        };
    }

    public void SendProbe(int client, int server) => _network.Probes.Add(_now, (client, server));

    /// <summary>The next event, whatever it is. Of equal times the order is the one written here.</summary>
    private void Step()
    {
        var next = Math.Min(Math.Min(_nextArrival, _fleet.NextCompletion), Math.Min(_network.Queries.NextTime, _network.Answers.NextTime));
        var rare = Math.Min(Math.Min(_network.Probes.NextTime, _network.ProbeAnswers.NextTime), Math.Min(_queries.NextDeadline, _ticks.NextTime));
        _now = Math.Min(Math.Min(next, rare), _backlog.NextTime);
        if (_now == _ticks.NextTime)
        {
            Tick();
        }
        else if (_now == _backlog.NextTime)
        {
            _backlog.AskAgain(_now);
        }
        else if (_now == _network.Answers.NextTime)
        {
            Answer(_network.Answers.Take());
        }
        else if (_now == _network.ProbeAnswers.NextTime)
        {
            var (client, server, told) = _network.ProbeAnswers.Take();
            _clients[client].OnProbed(server, Now, in told);
        }
        else if (_now == _fleet.NextCompletion)
        {
            Complete(_fleet.NextToComplete);
        }
        else if (_now == _network.Queries.NextTime)
        {
            Begin(_network.Queries.Take());
        }
        else if (_now == _network.Probes.NextTime)
        {
            var (client, server) = _network.Probes.Take();
            _network.ProbeAnswers.Add(_now, (client, server, _fleet[server].AnswerProbe(_now)));
        }
        else if (_now == _nextArrival)
        {
            Arrive();
        }
        else
        {
            Expire(_queries.Oldest);
        }
    }

    private void Tick()
    {
        _ticks.TryTake(out _, out var tick);
        switch (tick.Kind)
        {
            case PrequalTickKind.AntagonistsStep:
                _fleet.StepAntagonists(_now);
                _ticks.Add(_now + _settings.Step, tick);
                break;
            case PrequalTickKind.CountingStarts:
                _fleet.StartCounting(_now);
                break;
            case PrequalTickKind.Freeze:
                _fleet.Freeze(_now, tick.Whom, isFrozen: true);
                _ticks.Add(_now + _settings.FreezeFor, new(PrequalTickKind.Thaw, tick.Whom));
                break;
            case PrequalTickKind.Thaw:
                _fleet.Freeze(_now, tick.Whom, isFrozen: false);
                _ticks.Add(_now + _freezes.Exponential(_settings.FreezeEvery), new(PrequalTickKind.Freeze, tick.Whom));
                break;
            default:
                _clients[tick.Whom].OnTimer(Now);
                _ticks.Add(_now + _clients[tick.Whom].TimerPeriod, tick);
                break;
        }
    }

    private void Arrive()
    {
        var client = _arrivals.Next(_clients.Length);
        var work = _work.Draw(_workDraws);
        _nextArrival = _now + _arrivals.Exponential(_interval);

        var query = new Query { CameAt = _now, Work = work, Client = client, Server = Query.Elsewhere, Handle = Query.Elsewhere };
        _counted += Counts(_now) ? 1 : 0;
        _backlog.Add(_now, client, group: 0, _queries.Add(in query));
    }

    private void Send(int number, int server)
    {
        ref var query = ref _queries[number];
        query.Server = server;
        query.SentAt = Now;
        _clients[query.Client].OnSent(server, Now);
        _network.Queries.Add(_now, number);
    }

    private void Begin(int number)
    {
        if (!_queries.IsOpen(number))
        {
            return;
        }

        ref var query = ref _queries[number];
        var server = _fleet[query.Server];
        query.AtServerAt = _now;
        query.Company = server.InFlight;
        query.Handle = server.Begin(_now, number, query.Work);
        _fleet.Changed(query.Server);
    }

    private void Complete(int index)
    {
        var server = _fleet[index];
        var number = server.Complete(_now);
        _fleet.Changed(index);

        ref var query = ref _queries[number];
        query.Handle = Query.Elsewhere;
        query.InFlightAtEnd = server.InFlight;
        query.ServerTime = _now - query.AtServerAt;
        server.RecordLatency(query.Company, query.ServerTime);
        query.EstimateAtEnd = server.LatencyEstimate;
        _network.Answers.Add(_now, number);
    }

    private void Answer(int number)
    {
        // Else its deadline passed while the answer was on its way.
        if (_queries.IsOpen(number))
        {
            End(number, failed: false);
        }
    }

    private void Expire(int number)
    {
        ref var query = ref _queries[number];
        if (query.Handle != Query.Elsewhere)
        {
            _fleet[query.Server].Expire(_now, query.Handle);
            _fleet.Changed(query.Server);
        }

        End(number, failed: true);
    }

    private void End(int number, bool failed)
    {
        var query = _queries[number];
        _queries.End(number);
        if (query.Server != Query.Elsewhere)
        {
            var told = failed ? default : new ServerFeedback(query.InFlightAtEnd, query.EstimateAtEnd, query.ServerTime);
            _clients[query.Client].OnDone(query.Server, query.SentAt, Now, failed, in told);
        }

        if (Counts(query.CameAt))
        {
            _latencies.Add((_now - query.CameAt) / 1000);
            _errors += failed ? 1 : 0;
        }
    }

    private bool Counts(double cameAt) => cameAt >= _settings.WarmUp && cameAt < _countUntil;
}
