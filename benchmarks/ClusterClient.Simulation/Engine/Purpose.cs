namespace ClusterClient.Simulation.Engine;

/// <summary>What a random stream is for. Each has its own, so that drawing more of one changes nothing of another.</summary>
internal enum Purpose
{
    /// <summary>When requests come, from which client, for which group.</summary>
    Arrivals,

    /// <summary>How much work each is.</summary>
    Work,

    /// <summary>What servers are like, for the whole run.</summary>
    Servers,

    /// <summary>What befalls servers while it runs.</summary>
    Faults,

    /// <summary>Delays of the network.</summary>
    Network,

    /// <summary>What a policy draws; the one purpose whose draws differ between policies.</summary>
    Policy,
}
