using ClusterClient.Simulation.Engine;

namespace ClusterClient.Simulation.Clients.Literature;

/// <summary>
/// Chooses the server of the lowest score, of all servers or of a few drawn afresh. Of equal scores the first is taken, and where
/// to start rotates, so that ties are shared out.
/// </summary>
internal abstract class ScoredPolicy : ClientPolicy
{
    /// <summary>Score every server of the group.</summary>
    public const int All = 0;

    private readonly int[][] _groups;
    private readonly int[] _drawn;
    private readonly int _choices;
    private int _start;

    protected ScoredPolicy(ClientSetup setup, int choices)
    {
        _groups = setup.Groups;
        _choices = choices;
        _drawn = new int[choices];
        Chance = new RandomStream((ulong)setup.Seed);
        Outstanding = new int[setup.Servers];
        _start = Chance.Next(setup.Servers);
    }

    protected RandomStream Chance { get; }

    /// <summary>This client's own requests in flight, by server.</summary>
    protected int[] Outstanding { get; }

    public override int Choose(int group, long now)
    {
        var servers = _groups[group];
        Prepare(now);
        return _choices == All || _choices >= servers.Length ? BestOfAll(servers, now) : BestOfDrawn(servers, now);
    }

    public override void OnSent(int server, long now) => Outstanding[server]++;

    public override void OnDone(int server, long sentAt, long now, bool failed, in ServerFeedback feedback) => Outstanding[server]--;

    /// <summary>The lower the better.</summary>
    protected abstract double Score(int server, long now);

    /// <summary>Before the scores of one choice: what they have in common.</summary>
    protected virtual void Prepare(long now)
    {
    }

    private int BestOfAll(int[] servers, long now)
    {
        var start = (int)((uint)_start % (uint)servers.Length);
        var best = start;
        var bestScore = Score(servers[start], now);
        for (var i = 1; i < servers.Length; i++)
        {
            var at = start + i < servers.Length ? start + i : start + i - servers.Length;
            var score = Score(servers[at], now);
            if (score < bestScore)
            {
                (best, bestScore) = (at, score);
            }
        }

        // From behind the one taken: among equals this is a round.
        _start = best + 1;
        return servers[best];
    }

    private int BestOfDrawn(int[] servers, long now)
    {
        var best = 0;
        var bestScore = 0.0;
        for (var i = 0; i < _choices; i++)
        {
            var at = DrawAnother(servers.Length, i);
            var score = Score(servers[at], now);
            if (i == 0 || score < bestScore)
            {
                (best, bestScore) = (at, score);
            }
        }

        return servers[best];
    }

    private int DrawAnother(int count, int drawn)
    {
        int at;
        do
        {
            at = Chance.Next(count);
        }
        while (_drawn.AsSpan(0, drawn).Contains(at));

        return _drawn[drawn] = at;
    }
}
