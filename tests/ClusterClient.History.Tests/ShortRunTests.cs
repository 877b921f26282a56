using ClusterClient.History.Checks;
using ClusterClient.History.CommandLine;
using ClusterClient.History.Recording;
using ClusterClient.History.Statistics;
using Xunit.Abstractions;

namespace ClusterClient.History.Tests;

/// <summary>The short form of what <c>benchmarks/run history</c> does, on real servers.</summary>
public sealed class ShortRunTests(ITestOutputHelper output)
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(120);

    [Theory]
    [InlineData("--mode sync --faults 20 --seed 20261")]
    [InlineData("--mode async --faults 10 --seed 20262")]
    public async Task Run_FaultsUnderWrites_BreakNoLaw(string arguments)
    {
        var result = await RunAsync(arguments);

        Assert.True(result.Violations.Count == 0, string.Join('\n', result.Violations.Take(10).Select(v => v.Describe(result.History))));
        Assert.EndsWith(" 0 violations", result.ToString(), StringComparison.Ordinal);
        Assert.True(result.History.Operations.Count(o => o.Outcome == Outcome.Committed) > 200, result.ToString());
    }

    [Fact]
    public async Task Run_ClientsThatRetryBlindly_AreFound()
    {
        var result = await RunAsync("--break retry-blindly --faults 40 --seed 20263");

        Assert.Contains(result.Violations, v => v.Kind == ViolationKind.AppliedTwice);
    }

    private async Task<HistoryResult> RunAsync(string arguments)
    {
        var file = Path.GetTempFileName();
        var progress = new StringWriter();
        try
        {
            using var limit = new CancellationTokenSource(Limit);
            var result = await new HistoryRun(ArgumentParser.Parse([.. arguments.Split(' '), "--out", file]), TextWriter.Synchronized(progress)).RunAsync(limit.Token);
            output.WriteLine(OperationStatistics.Describe(result.History));
            output.WriteLine(CutStatistics.Describe(result.History, result.Violations));
            output.WriteLine(LossStatistics.Describe(result.History, result.State));
            output.WriteLine(result.ToString());
            return result;
        }
        finally
        {
            output.WriteLine(progress.ToString());
            File.Delete(file);
        }
    }
}
