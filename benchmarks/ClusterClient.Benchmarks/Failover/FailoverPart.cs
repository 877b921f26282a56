using ClusterClient.Benchmarks.Reporting;
namespace ClusterClient.Benchmarks.Failover;
internal sealed class FailoverPart : Part
{
    public override string Name => "failover";
    public override string Question => "How long after the new primary accepts writes the first one is acknowledged.";
    public override Task RunAsync(Report report, Arguments arguments) => Task.CompletedTask;
}
