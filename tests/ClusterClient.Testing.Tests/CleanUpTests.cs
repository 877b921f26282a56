using System.Diagnostics;

namespace ClusterClient.Testing.Tests;

public sealed class CleanUpTests
{
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Dispose_RunningHungAndKilledNodes_LeavesNothing(bool async)
    {
        var group = await LocalPostgres.StartAsync(builder => builder.Region("eu", 3));
        var children = group.Nodes.SelectMany(node => Machine.ChildrenOf(node.Server.ProcessId)).ToArray();
        Assert.NotEmpty(children);
        var segments = group.Nodes.Select(node => SegmentOf(group, node)).ToArray();
        Assert.Equal(segments, segments.Intersect(Segments()));
        group["eu-2"].Hang();
        await group["eu-3"].KillAsync();
        if (async)
            await group.DisposeAsync();
        else
            group.Dispose();

        Assert.False(Directory.Exists(group.DirectoryPath));
        Assert.Empty(Machine.ServersOf(group.DirectoryPath));
        Assert.DoesNotContain(children, Machine.IsAlive);
        Assert.Empty(segments.Intersect(Segments()));
        group.Dispose();
    }

    [Fact]
    public async Task OwnerKilled_ServersRunningAndHung_LeavesNothing()
    {
        var start = new ProcessStartInfo("dotnet", ["exec", typeof(CleanUpTests).Assembly.Location])
        {
            RedirectStandardOutput = true,
        };
        using var owner = Process.Start(start)!;
        var directory = await owner.StandardOutput.ReadLineAsync().WaitAsync(TimeSpan.FromSeconds(30));
        Assert.True(Directory.Exists(directory));
        var servers = Machine.ServersOf(directory + "/");
        Assert.Equal(2, servers.Length);
        var children = servers.SelectMany(Machine.ChildrenOf).ToArray();

        owner.Kill();
        await Until.TrueAsync(() => !Directory.Exists(directory), "the directory is gone");
        Assert.DoesNotContain(servers, Machine.IsAlive);
        Assert.DoesNotContain(children, Machine.IsAlive);
        await Until.TrueAsync(() => Machine.ServersOf(directory!).Length == 0, "the shell that cleaned up is gone, too");
    }

    // Line 7 of postmaster.pid: the key and the id of the server's shared memory.
    private static string SegmentOf(LocalPostgres group, PostgresNode node) =>
        File.ReadAllLines(Path.Combine(group.DirectoryPath, node.Name, "postmaster.pid"))[6]
            .Split(' ', StringSplitOptions.RemoveEmptyEntries)[1];

    private static string[] Segments() =>
        [.. File.ReadAllLines("/proc/sysvipc/shm").Skip(1).Select(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1])];
}
