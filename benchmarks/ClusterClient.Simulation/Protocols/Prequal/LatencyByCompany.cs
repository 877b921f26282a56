namespace ClusterClient.Simulation.Protocols.Prequal;

/// <summary>
/// A server's estimate of the latency of a request that comes now: the median of the last few that came when as many, or nearly
/// as many, were in flight. Latency without the company it was measured in says little of the next request.
/// </summary>
internal sealed class LatencyByCompany(int ringSize)
{
    private const int Exact = 16;
    private const int StepsPerDoubling = 4;
    private const int Buckets = Exact + 20 * StepsPerDoubling;
    private readonly double[] _latencies = new double[Buckets * ringSize];
    private readonly int[] _counts = new int[Buckets];
    private readonly double[] _medians = new double[Buckets];
    private readonly double[] _sorted = new double[ringSize];

    public void Add(int inFlightAtArrival, double latency)
    {
        var bucket = BucketOf(inFlightAtArrival);
        _latencies[bucket * ringSize + _counts[bucket]++ % ringSize] = latency;

        var kept = Math.Min(_counts[bucket], ringSize);
        Array.Copy(_latencies, bucket * ringSize, _sorted, 0, kept);
        Array.Sort(_sorted, 0, kept);
        _medians[bucket] = (_sorted[(kept - 1) / 2] + _sorted[kept / 2]) / 2;
    }

    /// <summary>The estimate; 0 as long as nothing is known.</summary>
    public double Estimate(int inFlight)
    {
        var bucket = BucketOf(inFlight);
        for (var distance = 0; distance < Buckets; distance++)
        {
            if (bucket - distance >= 0 && _counts[bucket - distance] > 0)
            {
                return _medians[bucket - distance];
            }

            if (bucket + distance < Buckets && _counts[bucket + distance] > 0)
            {
                return _medians[bucket + distance];
            }
        }

        return 0;
    }

    private static int BucketOf(int inFlight) =>
        inFlight < Exact ? inFlight : Math.Min(Buckets - 1, Exact + (int)(StepsPerDoubling * Math.Log2((double)inFlight / Exact)));
}
