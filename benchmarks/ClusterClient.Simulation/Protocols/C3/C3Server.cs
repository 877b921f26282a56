namespace ClusterClient.Simulation.Protocols.C3;

/// <summary>A few slots before one queue, first come first served. A read takes the speed that the server has when its service begins.</summary>
internal sealed class C3Server(int slots)
{
    private readonly Queue<int> _waiting = new();
    private double _updated;

    public double MeanService { get; set; }

    public int Serving { get; private set; }

    public int Waiting => _waiting.Count;

    /// <summary>Slots in use over time, in µs, since it was last reset.</summary>
    public double BusyTime { get; private set; }

    /// <returns>Whether the read begins to be served; else it waits.</returns>
    public bool TryBegin(double now, int read)
    {
        if (Serving == slots)
        {
            _waiting.Enqueue(read);
            return false;
        }

        Account(now);
        Serving++;
        return true;
    }

    /// <summary>A slot is free again.</summary>
    /// <returns>Whether the next read begins in it.</returns>
    public bool End(double now, out int next)
    {
        Account(now);
        if (_waiting.TryDequeue(out next))
        {
            return true;
        }

        Serving--;
        return false;
    }

    public void ResetAccount(double now)
    {
        Account(now);
        BusyTime = 0;
    }

    public void Account(double now)
    {
        BusyTime += Serving * (now - _updated);
        _updated = now;
    }
}
