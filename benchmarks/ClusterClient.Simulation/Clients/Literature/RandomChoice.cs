using ClusterClient.Simulation.Engine;

namespace ClusterClient.Simulation.Clients.Literature;

/// <summary>Any server of the group.</summary>
internal sealed class RandomChoice(ClientSetup setup) : ClientPolicy
{
    private readonly RandomStream _chance = new((ulong)setup.Seed);

    public override int Choose(int group, long now) => setup.Groups[group][_chance.Next(setup.Groups[group].Length)];
}
