using ClusterClient.Simulation.Engine;

namespace ClusterClient.Simulation.Clients.Literature;

/// <summary>One server after the other, from a start of the client's own: else all clients would march in step.</summary>
internal sealed class RoundRobin : ClientPolicy
{
    private readonly int[][] _groups;
    private readonly int[] _next;

    public RoundRobin(ClientSetup setup)
    {
        var chance = new RandomStream((ulong)setup.Seed);
        _groups = setup.Groups;
        _next = [.. setup.Groups.Select(g => chance.Next(g.Length))];
    }

    public override int Choose(int group, long now)
    {
        var servers = _groups[group];
        var at = _next[group];
        _next[group] = at + 1 == servers.Length ? 0 : at + 1;
        return servers[at];
    }
}
