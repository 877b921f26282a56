namespace ClusterClient.Health;

/// <summary>What this process knows of the nodes of one region together. Thread-safe.</summary>
/// <param name="isFleet">Whether they are so many that policies ask how many requests are out; to count them costs a little.</param>
internal sealed class PeerState(bool isFleet = false)
{
    private const float ServiceWeight = 0.03f;
    private const float InFlightWeight = 0.002f;

    private float _service;
    private float _meanInFlight;
    private int _inFlight;
    private ChangeTracker _change = new();
    private long _ejectedUntil = long.MinValue / 4;
    private int _gates;

    /// <summary>The mean of the last answers' service times, in µs: what may be hoped of a node that is not known. 0 before the first.</summary>
    public float Service => Volatile.Read(ref _service);

    /// <summary>The mean of the requests in flight over the last several hundred; 0 unless they are a fleet.</summary>
    public float InFlight => Volatile.Read(ref _meanInFlight);

    /// <summary>The end of the ejection that lasts longest, or lasted, in µs: before it some of them may be out.</summary>
    public long EjectedUntil => Volatile.Read(ref _ejectedUntil);

    /// <summary>Whether the circuit of any of them is not closed.</summary>
    public bool HasGates => Volatile.Read(ref _gates) != 0;

    /// <summary>So many more of their circuits are not closed.</summary>
    public void CountGates(int more) => Interlocked.Add(ref _gates, more);

    /// <summary>One of them is ejected. Only the detector says so, one at a time.</summary>
    public void Eject(long until) => Volatile.Write(ref _ejectedUntil, Math.Max(_ejectedUntil, until));

    public void Begin()
    {
        if (isFleet)
        {
            Interlocked.Increment(ref _inFlight);
        }
    }

    // The means are written plainly: an observation that is lost in a race was one of many.
    public void End()
    {
        if (isFleet)
        {
            _meanInFlight += InFlightWeight * (Interlocked.Decrement(ref _inFlight) + 1 - _meanInFlight);
        }
    }

    /// <summary>How quickly they change, and what follows from it.</summary>
    public ref ChangeTracker Change => ref _change;

    public void Add(float service) => _service = _service == 0 ? service : _service + (ServiceWeight * (service - _service));
}
