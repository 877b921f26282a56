using ClusterClient.Simulation.Clients;
using ClusterClient.Simulation.Engine;

namespace ClusterClient.Simulation.Protocols.C3;

/// <summary>One run of C3's simulation. Times in µs.</summary>
internal sealed class C3Run
{
    private readonly RunSpec _spec;
    private readonly C3Settings _settings;
    private readonly C3Server[] _servers;
    private readonly int[][] _groups;
    private readonly ClientPolicy[] _clients;
    private readonly Backlog<int> _backlog;
    private readonly ReadTable _reads = new();
    private readonly RandomStream _arrivals;
    private readonly RandomStream _works;
    private readonly RandomStream _shadowWorks;
    private readonly RandomStream[] _speeds;
    private readonly DelayLine<int> _requests;
    private readonly DelayLine<int> _answers;
    private readonly EventQueue<int> _services = new();
    private readonly LatencySample _latencies = new();
    private readonly double _betweenArrivals;
    private double _now;
    private double _nextArrival;
    private double _nextFlip;
    private double _countFrom;
    private int _arrived;

    public C3Run(RunSpec spec)
    {
        _spec = spec;
        _settings = new C3Settings(new Parameters(spec.Parameters));
        var streams = new Streams(spec.Seed);
        var replicas = Math.Min(_settings.Replicas, spec.Nodes);
        _servers = [.. Enumerable.Range(0, spec.Nodes).Select(_ => new C3Server(_settings.Slots))];
        _groups = [.. Enumerable.Range(0, spec.Nodes).Select(g => Enumerable.Range(g, replicas).Select(s => s % spec.Nodes).ToArray())];
        _arrivals = streams.Of(Purpose.Arrivals);
        _works = streams.Of(Purpose.Work);
        _shadowWorks = streams.Of(Purpose.Work, 1);
        _speeds = [.. Enumerable.Range(0, spec.Nodes).Select(s => streams.Of(Purpose.Faults, s))];
        _requests = new DelayLine<int>(_settings.OneWay);
        _answers = new DelayLine<int>(_settings.OneWay);
        var meanRate = spec.Nodes * _settings.Slots * (1 + _settings.Drift) / 2 / _settings.Service;
        _betweenArrivals = 1 / (spec.Load * meanRate);
        _countFrom = _settings.WarmUp;
        _clients = [.. Enumerable.Range(0, spec.Clients).Select(c => ClientPolicies.Create(spec.Policy, SetupOf(c, streams)))];
        _backlog = new(_clients, spec.Nodes, _ => true, SendWithShadows);
    }

    private long Now => (long)_now;

    public RunResult Run()
    {
        Flip();
        _nextArrival = _arrivals.Exponential(_betweenArrivals);
        while (_arrived < _settings.Requests || _reads.Open > 0)
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
        var next = Math.Min(Math.Min(_nextArrival, _services.NextTime), Math.Min(_requests.NextTime, _answers.NextTime));
        _now = Math.Min(next, Math.Min(_backlog.NextTime, _nextFlip));
        if (_now >= _countFrom)
        {
            // The servers' use is counted from the warm-up's end on, as the latencies are.
            Array.ForEach(_servers, s => s.ResetAccount(_now));
            _countFrom = double.PositiveInfinity;
        }

        if (_now == _nextFlip)
        {
            Flip();
        }
        else if (_now == _answers.NextTime)
        {
            Answer(_answers.Take());
        }
        else if (_now == _services.NextTime)
        {
            _services.TryTake(out _, out var number);
            Complete(number);
        }
        else if (_now == _requests.NextTime)
        {
            var number = _requests.Take();
            if (_servers[_reads[number].Server].TryBegin(_now, number))
            {
                Serve(number);
            }
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

    private void Flip()
    {
        for (var i = 0; i < _servers.Length; i++)
        {
            _servers[i].MeanService = _speeds[i].Next() < 0.5 ? _settings.Service : _settings.Service / _settings.Drift;
        }

        _nextFlip = _now + _settings.Interval;
    }

    private void Arrive()
    {
        var client = _arrivals.Next(_clients.Length);
        var group = _arrivals.Next(_groups.Length);
        var read = new Read { Client = client, Group = group, CameAt = _now, Repairs = _arrivals.Next() < _settings.ReadRepair, Work = _works.Exponential(1) };
        _nextArrival = ++_arrived < _settings.Requests ? _now + _arrivals.Exponential(_betweenArrivals) : double.PositiveInfinity;
        _backlog.Add(_now, client, group, _reads.Add(in read));
    }

    private void SendWithShadows(int number, int server)
    {
        Send(number, server);
        if (_reads[number].Repairs)
        {
            SendShadows(number, server);
        }
    }

    private void Send(int number, int server)
    {
        ref var read = ref _reads[number];
        read.Server = server;
        read.SentAt = Now;
        _clients[read.Client].OnSent(server, Now);
        _requests.Add(_now, number);
    }

    private void SendShadows(int number, int except)
    {
        var read = _reads[number];
        foreach (var server in _groups[read.Group])
        {
            if (server != except)
            {
                Send(_reads.Add(read with { IsShadow = true, Work = _shadowWorks.Exponential(1) }), server);
            }
        }
    }

    private void Serve(int number)
    {
        ref var read = ref _reads[number];
        read.ServedFor = read.Work * _servers[read.Server].MeanService;
        _services.Add(_now + read.ServedFor, number);
    }

    private void Complete(int number)
    {
        ref var read = ref _reads[number];
        var server = _servers[read.Server];
        if (server.End(_now, out var next))
        {
            Serve(next);
        }

        read.Waiting = server.Waiting;
        _answers.Add(_now, number);
    }

    private void Answer(int number)
    {
        var read = _reads[number];
        _reads.Remove(number);
        _clients[read.Client].OnDone(read.Server, read.SentAt, Now, failed: false, new ServerFeedback(read.Waiting, 0, read.ServedFor));
        if (!read.IsShadow && read.CameAt >= _settings.WarmUp)
        {
            _latencies.Add((_now - read.CameAt) / 1000);
        }
    }

    private double Fairness()
    {
        Array.ForEach(_servers, s => s.Account(_now));
        var sum = _servers.Sum(s => s.BusyTime);
        return sum == 0 ? 1 : sum * sum / (_servers.Length * _servers.Sum(s => s.BusyTime * s.BusyTime));
    }

    private ClientSetup SetupOf(int client, Streams streams) => new()
    {
        Ordinal = client,
        Clients = _spec.Clients,
        Servers = _spec.Nodes,
        Groups = _groups,
        RoundTrips = [.. Enumerable.Repeat((long)(2 * _settings.OneWay), _spec.Nodes)],
        Regions = [.. Enumerable.Repeat("one", _spec.Nodes)],
        Zones = new string?[_spec.Nodes],
        Region = "one",
        Seed = streams.SeedOf(Purpose.Policy, client),
        Parameters = new Parameters(_spec.Parameters),
        View = new C3ServerView(_servers),
    };
}
