using ClusterClient.Data;
using ClusterClient.Tests.Fakes;

namespace ClusterClient.Tests.Data;

public sealed class OpenConnectionsTests
{
    [Theory]
    [InlineData("0 1 2 3")]
    [InlineData("3 2 1 0")]
    [InlineData("1 2 0 3")]
    [InlineData("2 1 3 0")]
    [InlineData("0 3 1 2")]
    public async Task Remove_AnyOrder_LeavesTheOthers(string order)
    {
        await using var cluster = new FakeCluster(1).Sees("P1@9");
        var list = cluster.Nodes[0].Open;
        var open = new List<ClusterConnection>();
        for (var i = 0; i < 4; i++)
        {
            open.Add(await cluster.Writes.OpenConnectionAsync());
        }

        var natives = open.ToDictionary(c => c, c => c.NativeOrNull!);
        var left = open.ToHashSet();
        foreach (var index in order.Split(' ').Select(int.Parse))
        {
            await open[index].CloseAsync();
            left.Remove(open[index]);
            Assert.Equal(left.Select(c => natives[c]).ToHashSet(), list.Snapshot().ToHashSet());
            Assert.Equal(left.Count, list.Snapshot().Count);
        }

        Assert.Equal("0", cluster.InFlight);
    }

    [Fact]
    public async Task Snapshot_ConnectionsThatComeAndGoAtOnce_LosesNone()
    {
        await using var cluster = new FakeCluster(1).Sees("P1@9");
        await Parallel.ForEachAsync(Enumerable.Range(0, 4), async (_, _) =>
        {
            for (var i = 0; i < 500; i++)
            {
                await using var connection = await cluster.Writes.OpenConnectionAsync(CancellationToken.None);
                Assert.Contains(connection.NativeOrNull, cluster.Nodes[0].Open.Snapshot());
            }
        });
        Assert.Empty(cluster.Nodes[0].Open.Snapshot());
        Assert.Equal("0", cluster.InFlight);
    }
}
