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

    /// <summary>The policy that the others' 99th percentiles are compared with.</summary>
    public virtual string ReferencePolicy => "lor";

    /// <summary>What is run when no policies are named, beside the library's own.</summary>
    public virtual IReadOnlyList<string> DefaultPolicies => [ReferencePolicy, "rr", "p2c"];

    /// <summary>Its own parameters: name, what it means, default.</summary>
    public abstract IReadOnlyList<(string Name, string Meaning, string Default)> Parameters { get; }

    /// <summary>Runs to the end in virtual time, on this thread alone.</summary>
    public abstract RunResult Run(RunSpec spec);

    /// <summary>The defaults of sizes and loads under these parameters, where they depend on some.</summary>
    public virtual (int Nodes, int Clients, IReadOnlyList<double> Loads) DefaultsFor(IReadOnlyDictionary<string, string> parameters) =>
        (DefaultNodes, DefaultClients, DefaultLoads);
}
