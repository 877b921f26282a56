namespace ClusterClient.Simulation.Protocols;

/// <summary>A published experiment, or one of ours, rebuilt as a discrete-event simulation.</summary>
internal abstract class Protocol
{
    /// <summary>As on the command line.</summary>
    public abstract string Name { get; }

    /// <summary>What it is, in a line.</summary>
    public abstract string Description { get; }

    public abstract int DefaultNodes { get; }

    public abstract int DefaultClients { get; }

    public abstract IReadOnlyList<double> DefaultLoads { get; }

    /// <summary>Its own parameters: name, what it means, default.</summary>
    public abstract IReadOnlyList<(string Name, string Meaning, string Default)> Parameters { get; }

    /// <summary>Runs to the end in virtual time, on this thread alone.</summary>
    public abstract RunResult Run(RunSpec spec);
}
