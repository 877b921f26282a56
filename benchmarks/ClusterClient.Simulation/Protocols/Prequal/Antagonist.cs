using ClusterClient.Simulation.Engine;

namespace ClusterClient.Simulation.Protocols.Prequal;

/// <summary>
/// What else runs on a server's machine: it uses a share that is the machine's own, lasting, plus one that wanders about it (an
/// Ornstein-Uhlenbeck process, stepped exactly). The server has what is left, and its floor in any case.
/// </summary>
internal sealed class Antagonist
{
    private readonly PrequalSettings _settings;
    private readonly RandomStream _random;
    private readonly double _keep;
    private readonly double _kick;
    private readonly double _lasting;
    private double _wandering;

    public Antagonist(PrequalSettings settings, RandomStream servers, RandomStream faults)
    {
        _settings = settings;
        _random = faults;
        _keep = Math.Exp(-settings.Step / settings.Tau);
        _kick = settings.UseNoise * Math.Sqrt(1 - _keep * _keep);
        _lasting = settings.UseMean + settings.UseDeviation * servers.Normal();
        _wandering = settings.UseNoise * faults.Normal();
    }

    /// <summary>Cores that the server has now.</summary>
    public double CoresLeft
    {
        get
        {
            var use = Math.Clamp(_lasting + _wandering, 0, 1);
            return Math.Max(_settings.Floor, (1 - use) * _settings.MachineSize) * _settings.Cores;
        }
    }

    public void Step() => _wandering = _keep * _wandering + _kick * _random.Normal();
}
