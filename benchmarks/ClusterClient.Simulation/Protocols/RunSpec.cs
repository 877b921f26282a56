namespace ClusterClient.Simulation.Protocols;

/// <summary>One run: a policy under a load with a seed. Equal specifications give equal results.</summary>
internal sealed record RunSpec
{
    /// <summary>The policy's name, as on the command line.</summary>
    public required string Policy { get; init; }

    /// <summary>Offered load as a share of the capacity, in the protocol's own terms.</summary>
    public required double Load { get; init; }

    /// <summary>Arrivals, work and faults follow from it alone, so that policies meet the same ones.</summary>
    public required int Seed { get; init; }

    public required int Nodes { get; init; }

    public required int Clients { get; init; }

    /// <summary>Further parameters by name, as given: <c>--scenario a4</c>, <c>--interval 100</c>.</summary>
    public required IReadOnlyDictionary<string, string> Parameters { get; init; }
}
