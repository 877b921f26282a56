using System.Diagnostics;

namespace ClusterClient.Samples.Tests.Worker;

public sealed class WorkerTests
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(2);

    [Fact]
    public async Task Worker_TwoFailovers_EachJobDoneOnce()
    {
        // Where it was built beside these tests: what it brings along and what they do need not be the same.
        var built = AppContext.BaseDirectory.Replace(
            Path.Combine("tests", "ClusterClient.Samples.Tests"), Path.Combine("samples", "Worker"), StringComparison.Ordinal);
        var start = new ProcessStartInfo("dotnet", [Path.Combine(built, "Worker.dll")])
        {
            RedirectStandardOutput = true,
            // A host reads the settings that lie where it is started, and those beside the tests are another sample's.
            WorkingDirectory = built,
        };
        using var worker = Process.Start(start)!;
        using var limit = new CancellationTokenSource(Limit);
        try
        {
            var said = await worker.StandardOutput.ReadToEndAsync(limit.Token);
            await worker.WaitForExitAsync(limit.Token);
            Assert.True(worker.ExitCode == 0, said);
            Assert.EndsWith("1500 jobs, each done once, through 2 failovers", said.TrimEnd(), StringComparison.Ordinal);
        }
        finally
        {
            if (!worker.HasExited)
            {
                worker.Kill(entireProcessTree: true);
            }
        }
    }
}
