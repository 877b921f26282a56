namespace ClusterClient.Testing.Faults;

/// <summary>The traps of a proxy that have cuts left, in the order they were set.</summary>
/// <threadsafety>Safe; readers see one moment's traps.</threadsafety>
internal sealed class TrapSet
{
    private readonly Lock _gate = new();
    private volatile ProxyTrap[] _armed = [];

    public ReadOnlySpan<ProxyTrap> Armed => _armed;

    public void Add(ProxyTrap trap)
    {
        lock (_gate)
            _armed = [.. _armed, trap];
    }

    public void Remove(ProxyTrap trap)
    {
        lock (_gate)
            _armed = [.. _armed.Where(other => other != trap)];
    }

    public void DisarmAll()
    {
        foreach (var trap in Armed)
            trap.Dispose();
    }
}
