namespace ClusterClient.Simulation.Clients.Literature;

/// <summary>How many requests were in flight at servers, by the last answers to probes: a window of them, kept counted.</summary>
internal sealed class RecentInFlight(int window)
{
    private readonly int[] _answers = new int[window];
    private int[] _counts = new int[256];
    private int _added;

    public void Add(int inFlight)
    {
        if (inFlight >= _counts.Length)
        {
            Array.Resize(ref _counts, Math.Max(inFlight + 1, _counts.Length * 2));
        }

        ref var answer = ref _answers[_added % window];
        if (_added >= window)
        {
            _counts[answer]--;
        }

        answer = inFlight;
        _counts[inFlight]++;
        _added++;
    }

    /// <summary>The smallest number that at least this share of the answers does not exceed.</summary>
    public int Quantile(double share)
    {
        var rank = Math.Max(1, (int)Math.Ceiling(share * Math.Min(_added, window)));
        var inFlight = 0;
        for (var seen = _counts[0]; seen < rank && inFlight + 1 < _counts.Length; seen += _counts[inFlight])
        {
            inFlight++;
        }

        return inFlight;
    }
}
