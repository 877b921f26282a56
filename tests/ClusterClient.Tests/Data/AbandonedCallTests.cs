using System.Data;
using ClusterClient.Data;
using ClusterClient.Tests.Fakes;

namespace ClusterClient.Tests.Data;

/// <summary>What becomes of calls on a silent node when the driver gives no way to end a connection.</summary>
public sealed class AbandonedCallTests : IAsyncDisposable
{
    private readonly TaskCompletionSource _answer = new();
    private readonly CancellationTokenSource _stop = new();
    private readonly FakeCluster _cluster = new FakeCluster(1, canAbort: false).Sees("P1@9");
    private readonly Task _cleaning;

    public AbandonedCallTests()
    {
        var logger = Microsoft.Extensions.Logging.Abstractions.NullLogger.Instance;
        _cleaning = new NodeCleanUp("orders", _cluster.Nodes, _cluster.Opener.Clock, logger).RunAsync(_cluster.Monitor.Current, _stop.Token);
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _cleaning.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await _cluster.DisposeAsync();
    }

    [Theory]
    [InlineData("non-query async")]
    [InlineData("scalar async")]
    [InlineData("reader async")]
    [InlineData("batch async")]
    public async Task Call_NodeFallsSilent_IsAbandonedWithTheNodesName(string kind)
    {
        await using var connection = await _cluster.Writes.OpenConnectionAsync();
        _cluster.Servers[0].OnExecute = () => _answer.Task;
        var running = CallKinds.Run(kind, connection);
        Assert.False(running.IsCompleted);
        _cluster.Sees("~");

        var silent = await Assert.ThrowsAsync<NodeSilentException>(running.Soon);
        Assert.Contains("a stopped answering", silent.Message, StringComparison.Ordinal);
        Assert.True(silent.IsTransient);
        Assert.Equal((ConnectionState.Closed, "0"), (connection.State, _cluster.InFlight));
        var native = _cluster.Servers[0].Connections.Single();
        Assert.False(native.IsDisposed);
        _answer.SetResult();
        await Until.TrueAsync(() => native.IsDisposed);
    }

    [Fact]
    public async Task Call_BeginsOnASilentNode_IsAbandonedAtOnce()
    {
        await using var connection = await _cluster.Writes.OpenConnectionAsync();
        _cluster.Servers[0].OnExecute = () => _answer.Task;
        _cluster.Sees("~");
        await Assert.ThrowsAsync<NodeSilentException>(() => connection.CreateCommand().ExecuteNonQueryAsync().Soon());
    }

    [Fact]
    public async Task Call_NodeAnswers_EndsAsTheDriverEndsIt()
    {
        await using var connection = await _cluster.Writes.OpenConnectionAsync();
        _cluster.Servers[0].OnExecute = () => _answer.Task;
        var running = connection.CreateCommand().ExecuteNonQueryAsync();
        _answer.SetResult();
        Assert.Equal(1, await running.Soon());
        // Nothing of it is left that news could still reach.
        _cluster.Sees("~");
        await Until.TrueAsync(() => _cluster.Servers[0].PoolClears > 0);
        Assert.Equal(ConnectionState.Open, connection.State);
    }
}
