namespace ClusterClient.Simulation.Clients;

/// <summary>What a client is configured with when it starts.</summary>
internal sealed record ClientSetup
{
    /// <summary>Which client of the fleet it is, from 0.</summary>
    public required int Ordinal { get; init; }

    /// <summary>How many clients there are, for the policies of the literature that ask.</summary>
    public required int Clients { get; init; }

    /// <summary>How many servers there are.</summary>
    public required int Servers { get; init; }

    /// <summary>For each replication group, the servers in it.</summary>
    public required int[][] Groups { get; init; }

    /// <summary>The round trip to each server without any work, in µs, as a monitor measures it.</summary>
    public required long[] RoundTrips { get; init; }

    /// <summary>The region that each server stands in; all the same where a protocol has no regions.</summary>
    public required string[] Regions { get; init; }

    /// <summary>The zone of each server, or null.</summary>
    public required string?[] Zones { get; init; }

    public required string Region { get; init; }

    public string? Zone { get; init; }

    /// <summary>This client's own source of chance.</summary>
    public required int Seed { get; init; }

    /// <summary>The parameters of the command line, for the policies that have some.</summary>
    public Parameters Parameters { get; init; } = new(new Dictionary<string, string>());

    /// <summary>Sends probes, in the protocols whose servers answer them; else null.</summary>
    public IProber? Prober { get; init; }

    /// <summary>The servers themselves, in the protocols that show them to an oracle; else null.</summary>
    public IServerView? View { get; init; }
}
