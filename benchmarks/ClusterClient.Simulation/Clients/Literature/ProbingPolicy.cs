using ClusterClient.Simulation.Engine;

namespace ClusterClient.Simulation.Clients.Literature;

/// <summary>
/// Prequal's machinery: every query sends a few probes to random servers, whose answers go into a small pool for later queries;
/// a query takes the best probe of the pool, by a rule that differs. Probes leave the pool by age, by use, and one a query besides,
/// in turn the oldest and the worst: a pool of the best alone would send everything where everything has just been sent.
/// </summary>
internal abstract class ProbingPolicy : ClientPolicy
{
    private const int LeastToChoose = 2;
    private readonly IProber _prober;
    private readonly RandomStream _chance;
    private readonly int[][] _groups;
    private readonly PooledProbe[] _pool;
    private readonly int[] _asked;
    private readonly double _probesPerQuery;
    private readonly double _removedPerQuery;
    private readonly double _uses;
    private readonly long _maxAge;
    private int _count;
    private double _probesDue;
    private double _removalsDue;
    private bool _removeOldest;

    protected ProbingPolicy(ClientSetup setup, string name)
    {
        if (setup.Groups.Length != 1)
        {
            throw new UnfitPolicyException($"--policy {name} probes all servers for every query and knows no replication groups; --protocol prequal has none.");
        }

        var parameters = setup.Parameters;
        _prober = Probing.Of(setup, name);
        _chance = new RandomStream((ulong)setup.Seed);
        _groups = setup.Groups;
        _pool = new PooledProbe[parameters.Count("prequal-pool", 16, 1)];
        _probesPerQuery = parameters.Number("prequal-probes", 3);
        _removedPerQuery = parameters.Number("prequal-remove", 1);
        _maxAge = (long)(parameters.Positive("prequal-age", 1) * 1e6);
        _asked = new int[Math.Min((int)Math.Ceiling(_probesPerQuery), setup.Servers)];
        var left = (1 - (double)_pool.Length / setup.Servers) * _probesPerQuery - _removedPerQuery;
        _uses = left > 0 ? Math.Max(1, (1 + parameters.Number("prequal-delta", 1)) / left) : int.MaxValue;
    }

    public sealed override int Choose(int group, long now)
    {
        RemoveSpent(now);
        var servers = _groups[group];
        var server = _count < LeastToChoose ? servers[_chance.Next(servers.Length)] : Take(now);
        for (_removalsDue += _removedPerQuery; _removalsDue >= 1; _removalsDue--)
        {
            RemoveOne(now);
        }

        SendProbes(servers);
        return server;
    }

    public sealed override void OnProbed(int server, long now, in ServerFeedback feedback)
    {
        if (_count == _pool.Length)
        {
            Remove(Oldest());
        }

        var uses = Math.Floor(_uses);
        _pool[_count++] = new()
        {
            Server = server,
            InFlight = feedback.InFlight,
            Latency = feedback.LatencyEstimate,
            At = now,
            UsesLeft = (int)(uses + (_chance.Next() < _uses - uses ? 1 : 0)),
        };
        Learn(server, now, in feedback);
    }

    /// <summary>The probe whose server the query goes to.</summary>
    protected abstract int Best(ReadOnlySpan<PooledProbe> pool, long now);

    /// <summary>The probe to lose.</summary>
    protected abstract int Worst(ReadOnlySpan<PooledProbe> pool, long now);

    /// <summary>A probe's answer is in, for rules that remember more than the pool.</summary>
    protected virtual void Learn(int server, long now, in ServerFeedback feedback)
    {
    }

    private int Take(long now)
    {
        var best = Best(_pool.AsSpan(0, _count), now);
        var server = _pool[best].Server;
        _pool[best].UsesLeft--;
        foreach (ref var probe in _pool.AsSpan(0, _count))
        {
            probe.InFlight += probe.Server == server ? 1 : 0;
        }

        return server;
    }

    private void RemoveSpent(long now)
    {
        for (var i = _count - 1; i >= 0; i--)
        {
            if (_pool[i].UsesLeft <= 0 || now - _pool[i].At > _maxAge)
            {
                Remove(i);
            }
        }
    }

    private void RemoveOne(long now)
    {
        if (_count > 0)
        {
            _removeOldest = !_removeOldest;
            Remove(_removeOldest ? Oldest() : Worst(_pool.AsSpan(0, _count), now));
        }
    }

    // Answers come in the order that they are put in, so the oldest is the first.
    private static int Oldest() => 0;

    private void Remove(int at)
    {
        Array.Copy(_pool, at + 1, _pool, at, _count - at - 1);
        _count--;
    }

    private void SendProbes(int[] servers)
    {
        _probesDue += _probesPerQuery;
        for (var sent = 0; _probesDue >= 1; _probesDue--)
        {
            if (sent < _asked.Length)
            {
                do
                {
                    _asked[sent] = servers[_chance.Next(servers.Length)];
                }
                while (_asked.AsSpan(0, sent).Contains(_asked[sent]));

                _prober.Probe(_asked[sent++]);
            }
        }
    }
}
