using System.Runtime.CompilerServices;
using ClusterClient.Resilience;

namespace ClusterClient.Health;

/// <summary>
/// How one node behaves towards this process: the memory that policies read. Thread-safe; times are µs of <see cref="HealthClock"/>.
/// </summary>
/// <remarks>
/// Estimates are plain fields that are written without interlocking: two answers in the same nanosecond cost one sample of many.
/// </remarks>
internal sealed partial class NodeState(PeerState? peers, ConcurrencyLimits limits)
{
    private readonly PeerState _peers = peers ?? new();
    private Outstanding _outstanding;
    private FaultStreak _streak;
    private CallWindow _calls;
    private float _service;
    private float _lastSample;
    private float _lastDifference;
    private long _heardAt;
    private long _knownFrom = long.MinValue / 4;
    private int _reserved;
    private int _connections;
    private long _ejectedUntil = long.MinValue / 4;
    private Ejection? _lastEjection;
    private ServedTotal _served;
    private float _prior;
    private long _gate;

    /// <summary>One that is given whatever comes.</summary>
    public NodeState(PeerState? peers = null)
        : this(peers, ConcurrencyLimits.None)
    {
    }

    /// <summary>The nodes of its region together.</summary>
    public PeerState Peers => _peers;

    /// <summary>The writes outside of transactions that it acknowledged to this process.</summary>
    public WriteCount Writes { get; } = new();

    /// <summary>Connections to the node that are open or being opened by this process.</summary>
    public int Connections => Volatile.Read(ref _connections);

    /// <summary>
    /// Requests that are at the node, or will be any moment: opens and commands under way, and connections that were opened for a
    /// first command which has not come yet.
    /// </summary>
    public int InFlight => Outstanding.Count(_outstanding.Read()) + Volatile.Read(ref _reserved);

    /// <summary>Whether anything is known of how it serves.</summary>
    public bool IsKnown => Volatile.Read(ref _service) > 0;

    /// <summary>
    /// The service time to expect of it as long as nothing is known, in µs: from the same hour of past weeks. 0 when there is none.
    /// </summary>
    public float Prior
    {
        get => Volatile.Read(ref _prior);
        set => Volatile.Write(ref _prior, value);
    }

    /// <summary>What it has answered so far, to be read with <see cref="ServedTotal.Between"/>.</summary>
    public long Served => _served.Read();

    /// <summary>Until when it is kept out as an outlier; that is over, and slow start begins, when it has passed. Long ago when it never was.</summary>
    public long EjectedUntil => Volatile.Read(ref _ejectedUntil);

    public bool IsEjected(long now) => now < Volatile.Read(ref _ejectedUntil);

    /// <summary>The present ejection, or the last that was; null when it never was.</summary>
    public Ejection? LastEjection => Volatile.Read(ref _lastEjection);

    /// <summary>What the node's circuit says to those who would go there.</summary>
    public CircuitGate Gate => new(Volatile.Read(ref _gate));

    /// <summary>The circuit that sets the gate; null where none was given to it.</summary>
    public NodeCircuit? Circuit { get; set; }

    /// <summary>Told of each fault of the node's, with how many in a row it makes; null where nobody listens. Set once, before the first call.</summary>
    public Action<int>? OnFault { get; set; }

    /// <summary>
    /// Told how long each command took, in µs, and the kind of fault that it ended in; null where nobody listens. Set once, before the first call.
    /// </summary>
    public Action<long, FaultKind?>? OnEnded { get; set; }

    /// <summary>A request turns to the node; <see cref="End"/> or <see cref="Complete"/> follows with the same time, exactly once.</summary>
    public void Begin(long now)
    {
        _outstanding.Begin(now);
        _peers.Begin();
    }

    /// <summary>It is over, and says nothing of the node: its caller gave up, or it failed by its own fault.</summary>
    public void End(long beganAt)
    {
        _outstanding.End(beganAt);
        _peers.End();
        AdmitWaiting();
    }

    /// <summary>The same of one that was sent, and given up by its caller.</summary>
    public void GiveUp(long beganAt, long now, float roundTrip)
    {
        var left = _outstanding.End(beganAt);
        _peers.End();
        _limit.GivenUp(now - beganAt - roundTrip, left + 1, beganAt, now);
        AdmitWaiting();
    }

    /// <summary>It is over: its first answer is here, or a fault of the node's.</summary>
    /// <param name="beganAt">The time that <see cref="Begin"/> was told.</param>
    /// <param name="now">The present time.</param>
    /// <param name="roundTrip">The network's part of it, in µs.</param>
    /// <param name="faulted">Whether it ended in a fault of the node's.</param>
    /// <returns>How many faults in a row it is with this one; 0 after an answer, and when this one is no news.</returns>
    public int Complete(long beganAt, long now, float roundTrip, bool faulted)
    {
        var left = _outstanding.End(beganAt);
        _peers.End();
        var sample = ServiceEstimate.Sample(now - beganAt, roundTrip, faulted);
        if (beganAt >= Volatile.Read(ref _knownFrom))
        {
            Learn(sample, now);
        }

        if (!faulted)
        {
            _limit.Answered(sample, left + 1, beganAt, now);
        }

        AdmitWaiting();
        _calls.Add(now, now - beganAt - (long)roundTrip, faulted);
        if (faulted)
        {
            // Its time says nothing of how much work there is, nor of what may be hoped of its peers.
            return _streak.Faulted(beganAt, now);
        }

        _peers.Add(sample);
        _served.Add(sample);
        _streak.Answered();
        return 0;
    }

    /// <summary>
    /// The server came back, or serves in another role: what is known of how it served is no longer true, nor are answers to requests from
    /// before. It is met as a new one, or the faults that it died with would keep it idle for minutes.
    /// </summary>
    /// <param name="now">When it did.</param>
    public void Forget(long now)
    {
        Volatile.Write(ref _knownFrom, now);
        Volatile.Write(ref _service, 0);
        _limit.Reset();
    }

    private void Learn(float sample, long now)
    {
        if (_service > 0)
        {
            var difference = ChangeTracker.Difference(sample, _lastSample, _peers.Service);
            _peers.Change.Observe(difference, _lastDifference, now - _heardAt);
            _lastDifference = difference;
        }

        _service = ServiceEstimate.After(_service, sample, _peers.Change.Weight);
        _lastSample = sample;
        Volatile.Write(ref _heardAt, now);
    }

    /// <summary>How its calls ended within the last ten seconds.</summary>
    public CallTally Tally(long now, long since) => _calls.Tally(now, since);

    /// <summary>How many faults in a row it has met; 0 when the last of them is no news any more.</summary>
    public int FaultsInARow(long now, long since) => _streak.Length(Math.Max(since, now - CallWindow.Length));

    /// <summary>It is kept out for this long. Only the detector says so, one at a time.</summary>
    public void Eject(Ejection ejection)
    {
        // In this order: whoever sees it ejected finds the cause.
        Volatile.Write(ref _lastEjection, ejection);
        _peers.Eject(ejection.Until);
        Volatile.Write(ref _ejectedUntil, ejection.Until);
        _streak.Answered();
    }

    /// <summary>The next fault is the first of its row.</summary>
    public void ForgetFaults() => _streak.Answered();

    /// <summary>Sets the gate. Only its circuit does, one call at a time.</summary>
    public void SetGate(CircuitGate gate)
    {
        var before = Gate;
        // Counted before it can be seen, and for as long: a decision that finds no gate in the way must not have missed one.
        _peers.CountGates(before.IsClosed && !gate.IsClosed ? 1 : 0);
        Volatile.Write(ref _gate, gate.Word);
        _peers.CountGates(!before.IsClosed && gate.IsClosed ? -1 : 0);
    }

    /// <summary>A connection is being opened: it counts as a request until it is open or has failed.</summary>
    public void BeginOpen(long now)
    {
        Interlocked.Increment(ref _connections);
        Begin(now);
    }

    /// <summary>It is open, and its first command is expected.</summary>
    public void Opened(long beganAt)
    {
        Interlocked.Increment(ref _reserved);
        End(beganAt);
    }

    /// <summary>The first command has come, or the connection is closed without one.</summary>
    public void Unreserve() => Interlocked.Decrement(ref _reserved);

    /// <summary>A connection is closed, or could not be opened.</summary>
    public void Closed()
    {
        Interlocked.Decrement(ref _connections);
        // It may have been expecting its first command until now.
        AdmitWaiting();
    }

    /// <summary>How it behaves now.</summary>
    /// <param name="now">The present time.</param>
    /// <param name="roundTrip">The network's part of every request, in µs.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public NodeLoad Load(long now, float roundTrip)
    {
        var word = _outstanding.Read();
        var service = _service;
        var peers = _peers.Service;
        var count = Outstanding.Count(word);
        var age = count == 0 ? 0 : Outstanding.Age(word, now) - (count * roundTrip);
        return new(
            count + Volatile.Read(ref _reserved) + Volatile.Read(ref _waiting),
            service > 0 ? ServiceEstimate.Now(service, peers, now - Volatile.Read(ref _heardAt), _peers.Change.Fading) : 0,
            age > 0 ? age : 0,
            peers);
    }
}
