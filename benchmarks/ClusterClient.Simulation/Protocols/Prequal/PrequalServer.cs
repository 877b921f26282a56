using ClusterClient.Simulation.Clients;
using ClusterClient.Simulation.Engine;

namespace ClusterClient.Simulation.Protocols.Prequal;

/// <summary>A server of the testbed: shared cores beside an antagonist, and what it tells of itself.</summary>
internal sealed class PrequalServer(PrequalSettings settings, Antagonist antagonist, double slowdown)
{
    private readonly ProcessorSharing _processor = new(antagonist.CoresLeft);
    private readonly LatencyByCompany _latencies = new(settings.RingSize);
    private long _answered;
    private long _expired;
    private double _workAtStart;
    private double _possibleAtStart;
    private bool _isFrozen;

    public double NextCompletion => _processor.NextCompletion;

    public int InFlight => _processor.Active;

    public double LatencyEstimate => _latencies.Estimate(InFlight);

    /// <summary>The share that it used, since <see cref="StartCounting"/>, of the work it could have done.</summary>
    public double Use => (_processor.WorkDone - _workAtStart) / Math.Max(1, _processor.WorkPossible - _possibleAtStart);

    public int Begin(double now, int slot, double work) => _processor.Begin(now, slot, work * slowdown);

    public int Complete(double now)
    {
        _answered++;
        return _processor.Complete(now);
    }

    public void RecordLatency(int inFlightAtArrival, double latency) => _latencies.Add(inFlightAtArrival, latency);

    public void Expire(double now, int handle)
    {
        _expired++;
        _processor.Cancel(now, handle);
    }

    public void StepAntagonist(double now)
    {
        antagonist.Step();
        SetCores(now);
    }

    public void Freeze(double now, bool isFrozen)
    {
        _isFrozen = isFrozen;
        SetCores(now);
    }

    public void StartCounting(double now)
    {
        _processor.Advance(now);
        (_workAtStart, _possibleAtStart) = (_processor.WorkDone, _processor.WorkPossible);
    }

    public ServerFeedback AnswerProbe(double now)
    {
        _processor.Advance(now);
        return new(InFlight, LatencyEstimate, 0)
        {
            Answered = _answered,
            Expired = _expired,
            ProcessorTime = _processor.WorkDone,
        };
    }

    public double TimeToServe(double work) => work * slowdown / Math.Min(1, _processor.Cores / (InFlight + 1));

    private void SetCores(double now) => _processor.SetCores(now, _isFrozen ? settings.FrozenCores : antagonist.CoresLeft);
}
