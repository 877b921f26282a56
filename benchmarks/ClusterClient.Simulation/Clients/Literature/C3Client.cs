namespace ClusterClient.Simulation.Clients.Literature;

/// <summary>
/// C3 (Suresh, Canini, Schmid, Feldmann, NSDI 2015) as its authors' simulator has it: the score <c>R - S + q³ S</c> with the
/// service time S and the queue q that servers report and <c>q = 1 + own in flight * clients + reported</c>, and a rate limit
/// for each server. A request for which no server of its group has a token waits in the client.
/// </summary>
internal sealed class C3Client : ClientPolicy
{
    private const double Weight = 0.9;
    private readonly int[][] _groups;
    private readonly int _clients;
    private readonly int[] _outstanding;
    private readonly C3View[] _views;
    private readonly C3RateLimit[]? _limits;
    private readonly double[] _scores;
    private int _start;
    private int _granted = Hold;

    public C3Client(ClientSetup setup, bool limited)
    {
        _groups = setup.Groups;
        _clients = setup.Clients;
        _outstanding = new int[setup.Servers];
        _views = new C3View[setup.Servers];
        _limits = limited ? [.. Enumerable.Range(0, setup.Servers).Select(_ => new C3RateLimit(setup.Parameters))] : null;
        _scores = new double[setup.Groups.Max(g => g.Length)];
        _start = setup.Seed & 0xFFFF;
    }

    public override int Choose(int group, long now)
    {
        var servers = _groups[group];
        var scores = _scores.AsSpan(0, servers.Length);
        for (var i = 0; i < servers.Length; i++)
        {
            scores[i] = Score(servers[i]);
        }

        _start++;
        for (var tried = 0; tried < servers.Length; tried++)
        {
            var best = Best(scores);
            if (_limits is null || _limits[servers[best]].TryTake(now))
            {
                return _granted = servers[best];
            }

            scores[best] = double.PositiveInfinity;
        }

        return Hold;
    }

    /// <summary>When the first of its servers has a token.</summary>
    public override long HeldUntil(int group, long now)
    {
        var soonest = _groups[group].MinBy(s => _limits![s].NextToken(now));
        return _limits![soonest].PromiseToken(now);
    }

    public override void OnSent(int server, long now)
    {
        _outstanding[server]++;
        if (server == _granted)
        {
            _granted = Hold;
        }
        else
        {
            // A shadow read asks for no token and takes one all the same.
            _limits?[server].TakeUnasked();
        }
    }

    public override void OnDone(int server, long sentAt, long now, bool failed, in ServerFeedback feedback)
    {
        _outstanding[server]--;
        ref var view = ref _views[server];
        var weight = view.IsKnown ? Weight : 1;
        view.IsKnown = true;
        view.Response += weight * (now - sentAt - view.Response);

        // A failure carries no word of the server; taken as no service time and no queue, it would draw all requests there.
        view.Service += weight * ((failed ? now - sentAt : feedback.ServiceTime) - view.Service);
        view.Queue += failed ? 0 : weight * (feedback.InFlight - view.Queue);
        _limits?[server].OnAnswer(now);
    }

    /// <summary>A server not heard of is tried before all others.</summary>
    private double Score(int server)
    {
        ref var view = ref _views[server];
        var queue = 1 + (double)_outstanding[server] * _clients + view.Queue;
        return view.IsKnown ? view.Response - view.Service + queue * queue * queue * view.Service : 0;
    }

    private int Best(ReadOnlySpan<double> scores)
    {
        var best = _start % scores.Length;
        for (var i = 1; i < scores.Length; i++)
        {
            var at = (_start + i) % scores.Length;
            best = scores[at] < scores[best] ? at : best;
        }

        return best;
    }
}
