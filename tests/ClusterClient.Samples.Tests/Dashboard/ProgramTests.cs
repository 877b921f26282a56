using System.Net;
using System.Net.Sockets;

namespace ClusterClient.Samples.Tests.Dashboard;

[Collection(BrowserFixture.Name)]
public sealed class ProgramTests
{
    [Fact]
    public async Task Program_StartedAndTerminated_ServesThePageAndLeavesNothing()
    {
        var (sample, address) = await SampleProcess.ServeAsync("Dashboard");
        await using (sample)
        {
            using var client = new HttpClient { BaseAddress = address };
            Assert.Contains("What is wrong?", await client.GetStringAsync(address), StringComparison.Ordinal);
            // A page that is open does not hold the end up.
            await using var stream = await client.GetStreamAsync(new Uri("/api/stream", UriKind.Relative));
            Assert.NotEmpty(Servers.Of(sample.Id));

            Assert.Equal(0, await sample.TerminateAsync());
            Assert.Empty(Servers.Of(sample.Id));
        }
    }

    [Fact]
    public async Task Program_PortTaken_SaysSo()
    {
        using var taken = new TcpListener(IPAddress.Loopback, 0);
        taken.Start();
        var port = ((IPEndPoint)taken.LocalEndpoint).Port;
        await using var sample = SampleProcess.Start("Dashboard", ["--port", $"{port}"]);
        Assert.Equal(1, await sample.WaitForExitAsync());
        Assert.Contains($"{port}", sample.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Program_UnknownArgument_ShowsTheUsage()
    {
        await using var sample = SampleProcess.Start("Dashboard", ["--prot", "80"]);
        Assert.Equal(2, await sample.WaitForExitAsync());
        Assert.Contains("--port", sample.Output, StringComparison.Ordinal);
    }
}
