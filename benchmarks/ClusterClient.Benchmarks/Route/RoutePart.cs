using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Diagnosers;
using BenchmarkDotNet.Jobs;
using BenchmarkDotNet.Loggers;
using BenchmarkDotNet.Running;
using BenchmarkDotNet.Toolchains.InProcess.Emit;
using ClusterClient.Benchmarks.Reporting;
using Perfolizer.Horology;

namespace ClusterClient.Benchmarks.Route;

/// <summary>What one decision of the router takes.</summary>
internal sealed class RoutePart : Part
{
    public override string Name => "route";

    public override string Question => "What one route decision takes, of 5 nodes and of 100.";

    public override Task RunAsync(Report report, Arguments arguments)
    {
        report.Machine();
        var artifacts = Directory.CreateTempSubdirectory("route");
        var summary = BenchmarkRunner.Run<RouteBenchmarks>(ManualConfig.CreateEmpty()
            .AddJob(Job.Default.WithToolchain(InProcessEmitToolchain.Instance)
                .WithIterationTime(TimeInterval.FromMilliseconds(50)).WithWarmupCount(10).WithIterationCount(arguments.Number("iterations", 40)))
            .AddDiagnoser(MemoryDiagnoser.Default)
            .AddLogger(NullLogger.Instance)
            .WithArtifactsPath(artifacts.FullName)
            .WithOptions(ConfigOptions.DisableLogFile));
        artifacts.Delete(recursive: true);
        foreach (var error in summary.ValidationErrors.Where(e => e.IsCritical))
        {
            report.Line($"{report.Verdict(false)} {error.Message}");
        }

        report.Table(
            ["", "nodes", "median ns", "quartiles", "budget", "", "B", "budget", ""],
            summary.Reports.Select(r =>
            {
                var nodes = (int)r.BenchmarkCase.Parameters[nameof(RouteBenchmarks.Nodes)];
                var budget = nodes == 5 ? 100 : 1000;
                var bytes = r.GcStats.GetBytesAllocatedPerOperation(r.BenchmarkCase);
                var time = r.ResultStatistics;
                return new[]
                {
                    r.BenchmarkCase.Descriptor.WorkloadMethodDisplayInfo, $"{nodes}", $"{time?.Median:0.0}", $"{time?.Q1:0.0}–{time?.Q3:0.0}",
                    $"{budget}", report.Verdict(time?.Median <= budget), $"{bytes}", "0", report.Verdict(bytes == 0),
                };
            }));
        return Task.CompletedTask;
    }
}
