namespace ClusterClient.Simulation.Clients.Literature;

/// <summary>What a server did from report to report, smoothed.</summary>
internal struct ServerReports
{
    private long _lastGood;
    private double _lastProcessorTime;
    private double _good;
    private double _processorTime;
    private bool _hasBaseline;

    public readonly bool IsKnown => _processorTime > 0;

    public readonly double GoodPerProcessorTime => _good / _processorTime;

    public void Add(long good, double processorTime, double alpha)
    {
        if (_hasBaseline && processorTime > _lastProcessorTime)
        {
            var weight = IsKnown ? alpha : 1;
            _good += weight * (good - _lastGood - _good);
            _processorTime += weight * (processorTime - _lastProcessorTime - _processorTime);
        }

        (_lastGood, _lastProcessorTime, _hasBaseline) = (good, processorTime, true);
    }
}
