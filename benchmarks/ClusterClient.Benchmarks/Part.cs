using ClusterClient.Benchmarks.Reporting;

namespace ClusterClient.Benchmarks;

/// <summary>One question that is answered with numbers, and its budget where there is one.</summary>
internal abstract class Part
{
    /// <summary>The first argument that asks for it, and its file among the results.</summary>
    public abstract string Name { get; }

    /// <summary>What it finds out, in a line.</summary>
    public abstract string Question { get; }

    public abstract Task RunAsync(Report report, Arguments arguments);
}
