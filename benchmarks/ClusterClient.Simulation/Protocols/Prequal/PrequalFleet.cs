using ClusterClient.Simulation.Engine;

namespace ClusterClient.Simulation.Protocols.Prequal;

/// <summary>The servers of a run, and when each will complete its next query.</summary>
internal sealed class PrequalFleet
{
    private readonly PrequalServer[] _servers;
    private readonly Calendar _completions;

    public PrequalFleet(PrequalSettings settings, Streams streams, int nodes)
    {
        var likenesses = streams.Of(Purpose.Servers);
        _servers = new PrequalServer[nodes];
        _completions = new Calendar(nodes);
        var slow = (int)Math.Round(settings.SlowShare * nodes);
        for (var i = 0; i < nodes; i++)
        {
            // Interleaved, so that an order of the servers says nothing of their speed; how loaded a machine is, is drawn anyway.
            var isSlow = (long)(i + 1) * slow / nodes > (long)i * slow / nodes;
            _servers[i] = new(settings, new Antagonist(settings, likenesses, streams.Of(Purpose.Faults, i)), isSlow ? settings.Slowdown : 1);
        }

        // A load of 1 fills all allocations if the queries are spread evenly, a slow server taking longer at each of its own.
        EvenCapacity = nodes * settings.Cores / (1 + (double)slow / nodes * (settings.Slowdown - 1));
    }

    /// <summary>What all allocations together do when queries are spread evenly, in cores of a fast server.</summary>
    public double EvenCapacity { get; }

    public double NextCompletion => _completions.NextTime;

    public int NextToComplete => _completions.Next;

    public PrequalServer this[int server] => _servers[server];

    /// <summary>To be told after every change to a server.</summary>
    public void Changed(int server) => _completions.Set(server, _servers[server].NextCompletion);

    public void StepAntagonists(double now)
    {
        for (var i = 0; i < _servers.Length; i++)
        {
            _servers[i].StepAntagonist(now);
            Changed(i);
        }
    }

    public void Freeze(double now, int server, bool isFrozen)
    {
        _servers[server].Freeze(now, isFrozen);
        Changed(server);
    }

    public void StartCounting(double now)
    {
        foreach (var server in _servers)
        {
            server.StartCounting(now);
        }
    }

    /// <summary>Jain's index of the servers' use of what they could have done.</summary>
    public double Fairness(double now)
    {
        foreach (var server in _servers)
        {
            server.AnswerProbe(now);
        }

        var sum = _servers.Sum(s => s.Use);
        var squares = _servers.Sum(s => s.Use * s.Use);
        return squares > 0 ? sum * sum / (_servers.Length * squares) : 1;
    }
}
