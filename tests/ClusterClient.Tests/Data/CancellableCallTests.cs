using System.Data;
using ClusterClient.Data;
using ClusterClient.Tests.Fakes;

namespace ClusterClient.Tests.Data;

/// <summary>A call that its caller cancelled, while the driver goes on waiting for the server.</summary>
public sealed class CancellableCallTests
{
    private static readonly TimeSpan Step = TimeSpan.FromMilliseconds(10);

    private readonly TaskCompletionSource _answer = new();
    private readonly CancellationTokenSource _caller = new();

    [Fact]
    public async Task WatchAsync_ServerAnswersNobody_IsAbandonedAfterTheGrace()
    {
        await using var cluster = new FakeCluster(1).Sees("P1@9");
        await using var connection = await cluster.Writes.OpenConnectionAsync();
        var running = Start(cluster, connection);
        var cancelled = cluster.Clock.GetTimestamp();
        await _caller.CancelAsync();
        await Until.TrueAsync(cluster.Clock, Step, TimeSpan.FromSeconds(1), () => running.IsCompleted);

        var canceled = await Assert.ThrowsAnyAsync<OperationCanceledException>(() => running);
        Assert.Equal(_caller.Token, canceled.CancellationToken);
        Assert.True(cluster.Clock.GetElapsedTime(cancelled) >= TimeSpan.FromMilliseconds(250));
        var native = Assert.Single(cluster.Servers[0].Connections);
        Assert.Equal((ConnectionState.Closed, "0"), (connection.State, cluster.InFlight));
        Assert.Equal((true, false, 1), (native.IsAborted, native.IsDisposed, cluster.Servers[0].PoolClears));
        Assert.False(cluster.Monitor.Current.Nodes[0].IsDoubted);

        _answer.SetException(new IOException("the driver's own end, much later"));
        await Until.TrueAsync(() => native.IsDisposed);
    }

    [Fact]
    public async Task WatchAsync_ServerAnswersTheMonitor_GetsTimeAndKeepsItsConnection()
    {
        await using var cluster = new FakeCluster(1).Sees("P1@9");
        await using var connection = await cluster.Writes.OpenConnectionAsync();
        var running = Start(cluster, connection);
        await _caller.CancelAsync();
        cluster.Sees("P1@10");
        for (var ran = TimeSpan.Zero; ran < TimeSpan.FromSeconds(1.5); ran += Step)
        {
            cluster.Clock.Advance(Step);
            await Task.Yield();
        }

        Assert.False(running.IsCompleted);
        _answer.SetException(new OperationCanceledException(_caller.Token));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => running.Soon());
        Assert.Equal((ConnectionState.Open, "0", 0), (connection.State, cluster.InFlight, cluster.Servers[0].PoolClears));
    }

    [Fact]
    public async Task WatchAsync_NotCancelled_EndsAsTheDriverEndsIt()
    {
        await using var cluster = new FakeCluster(1).Sees("P1@9");
        await using var connection = await cluster.Writes.OpenConnectionAsync();
        var running = Start(cluster, connection);
        _answer.SetResult();

        Assert.Equal(1, await running.Soon());
        await _caller.CancelAsync();
        cluster.Clock.Advance(TimeSpan.FromSeconds(5));
        Assert.Equal(ConnectionState.Open, connection.State);
    }

    private Task<int> Start(FakeCluster cluster, ClusterConnection connection)
    {
        cluster.Servers[0].OnExecute = () => _answer.Task;
        return connection.CreateCommand().ExecuteNonQueryAsync(_caller.Token);
    }
}
