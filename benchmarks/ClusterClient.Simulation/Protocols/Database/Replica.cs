using ClusterClient.Simulation.Engine;

namespace ClusterClient.Simulation.Protocols.Database;

/// <summary>A replica: its cores, its place and its faults, one at a time. Times in µs.</summary>
internal sealed class Replica
{
    private readonly DatabaseSettings _settings;
    private readonly RandomStream _faults;
    private bool _isFaulty;

    public Replica(DatabaseSettings settings, RandomStream faults, int ordinal)
    {
        _settings = settings;
        _faults = faults;
        Cores = new ProcessorSharing(settings.Cores);
        IsFar = ordinal % DatabaseRun.OneFarIn == DatabaseRun.OneFarIn - 1;
        Zone = ordinal % 2;
        NextChange = faults.Exponential(settings.FaultEvery);
    }

    public ProcessorSharing Cores { get; }

    public bool IsFar { get; }

    public int Zone { get; }

    /// <summary>When its next fault begins or the present one ends.</summary>
    public double NextChange { get; private set; }

    public double RoundTripFrom(int zone) =>
        IsFar ? _settings.RoundTripFar : zone == Zone ? _settings.RoundTripNear : _settings.RoundTripAcross;

    public void Change(double now)
    {
        _isFaulty = !_isFaulty;
        if (!_isFaulty)
        {
            Cores.SetCores(now, _settings.Cores);
            NextChange = now + _faults.Exponential(_settings.FaultEvery);
        }
        else if (_faults.Next() < _settings.FreezeShare)
        {
            Cores.SetCores(now, _settings.FreezeCores);
            NextChange = now + _settings.FreezeTime;
        }
        else
        {
            Cores.SetCores(now, _settings.Cores * _settings.BrownoutSpeed);
            NextChange = now + _settings.BrownoutTime;
        }
    }

    /// <summary>A query of this work among those that are here, if none comes and none goes.</summary>
    public double TimeToServe(double work) => work / Math.Min(1, Cores.Cores / (Cores.Active + 1));
}
