using System.Data;
using ClusterClient.Data;
using ClusterClient.Tests.Fakes;

namespace ClusterClient.Tests.Data;

/// <summary>A command whose timeout runs out before a hang of its server could be noticed.</summary>
public sealed class TimedCallTests
{
    private static readonly TimeSpan Step = TimeSpan.FromMilliseconds(10);

    private readonly TaskCompletionSource _answer = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _cancellations;

    [Theory]
    [InlineData(true, false)]
    [InlineData(false, false)]
    [InlineData(true, true)]
    [InlineData(false, true)]
    public async Task Execute_ServerAnswersNobody_EndsTheSocketAndNeverTellsTheServer(bool async, bool batch)
    {
        await using var cluster = Cluster();
        await using var connection = await OpenAsync(cluster);
        var began = cluster.Clock.GetTimestamp();
        var running = Start(cluster, connection, async, batch);
        await Until.TrueAsync(cluster.Clock, Step, TimeSpan.FromSeconds(2), () => running.IsCompleted);

        var timeout = await Assert.ThrowsAsync<TimeoutException>(() => running);
        Assert.Contains("1 s", timeout.Message, StringComparison.Ordinal);
        Assert.IsType<IOException>(timeout.InnerException);
        Assert.InRange(cluster.Clock.GetElapsedTime(began), TimeSpan.FromSeconds(1.25), TimeSpan.FromSeconds(1.6));
        Assert.True(cluster.Servers[0].Connections.Single().IsAborted);
        Assert.Equal(0, Volatile.Read(ref _cancellations));
        Assert.True(cluster.Monitor.Current.Nodes[0].IsDoubted);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Execute_ServerAnswersTheMonitor_IsCancelledAndKeepsItsConnection(bool async)
    {
        await using var cluster = Cluster();
        await using var connection = await OpenAsync(cluster);
        cluster.Servers[0].OnCancel = () =>
        {
            Interlocked.Increment(ref _cancellations);
            _answer.SetException(new OperationCanceledException());
        };
        var running = Start(cluster, connection, async, batch: false);
        cluster.Clock.Advance(TimeSpan.FromSeconds(1));
        cluster.Sees("P1@10");
        await Until.TrueAsync(cluster.Clock, Step, TimeSpan.FromSeconds(1), () => running.IsCompleted);

        await Assert.ThrowsAsync<TimeoutException>(() => running);
        cluster.Clock.Advance(TimeSpan.FromSeconds(5));
        Assert.Equal((1, false), (Volatile.Read(ref _cancellations), cluster.Servers[0].Connections.Single().IsAborted));
        Assert.Equal(ConnectionState.Open, connection.State);
    }

    [Fact]
    public async Task Execute_ServerAnswersTheMonitorButNotThisLink_EndsTheSocketAfterAll()
    {
        await using var cluster = Cluster();
        await using var connection = await OpenAsync(cluster);
        var running = Start(cluster, connection, async: true, batch: false);
        cluster.Clock.Advance(TimeSpan.FromSeconds(1));
        cluster.Sees("P1@10");
        await Until.TrueAsync(cluster.Clock, Step, TimeSpan.FromSeconds(3), () => running.IsCompleted);

        await Assert.ThrowsAsync<TimeoutException>(() => running);
        Assert.Equal(1, Volatile.Read(ref _cancellations));
    }

    [Fact]
    public async Task Execute_AnswersInTime_IsLeftAlone()
    {
        await using var cluster = Cluster();
        await using var connection = await OpenAsync(cluster);
        var timers = cluster.Clock.ArmedTimers;
        var running = Start(cluster, connection, async: true, batch: false);
        Assert.Equal(timers + 1, cluster.Clock.ArmedTimers);
        _answer.SetResult();
        await running.Soon();

        Assert.Equal(timers, cluster.Clock.ArmedTimers);
        Assert.Equal((0, ConnectionState.Open), (Volatile.Read(ref _cancellations), connection.State));
    }

    [Fact]
    public async Task Execute_AnswersWhileTheMonitorIsAsked_HasItsAnswer()
    {
        await using var cluster = Cluster();
        await using var connection = await OpenAsync(cluster);
        var running = Start(cluster, connection, async: true, batch: false);
        cluster.Clock.Advance(TimeSpan.FromSeconds(1.05));
        _answer.SetResult();
        await running.Soon();
        cluster.Clock.Advance(TimeSpan.FromSeconds(5));

        Assert.Equal((0, ConnectionState.Open), (Volatile.Read(ref _cancellations), connection.State));
    }

    [Theory]
    [InlineData(0, true, 0)]
    [InlineData(2, true, 4)]
    [InlineData(3, true, 3)]
    [InlineData(2, false, 2)]
    public async Task Execute_WhileItRuns_TheDriversOwnTimeoutIsOutOfTheWay(int timeout, bool canAbort, int native)
    {
        await using var cluster = new FakeCluster(1, canAbort: canAbort, detectionSeconds: 3).Sees("P1@9");
        await using var connection = await OpenAsync(cluster);
        await using var command = connection.CreateCommand();
        command.CommandTimeout = timeout;
        var seen = -1;
        cluster.Servers[0].OnExecute = () =>
        {
            seen = command.CommandTimeout;
            return Task.CompletedTask;
        };
        await command.ExecuteNonQueryAsync();

        Assert.Equal((native == 4 ? 5 : native, timeout), (seen, command.CommandTimeout));
    }

    private FakeCluster Cluster()
    {
        var cluster = new FakeCluster(1, detectionSeconds: 3).Sees("P1@9");
        cluster.Servers[0].OnCancel = () => Interlocked.Increment(ref _cancellations);
        cluster.Servers[0].OnAbort = () => _answer.TrySetException(new IOException("the socket was ended"));
        return cluster;
    }

    // The monitor's loop begins with the first open, and arms one timer: only then do timers tell of calls alone.
    private static async Task<ClusterConnection> OpenAsync(FakeCluster cluster)
    {
        var connection = await cluster.Writes.OpenConnectionAsync();
        await Until.TrueAsync(() => cluster.Clock.ArmedTimers == 1);
        return connection;
    }

    private Task Start(FakeCluster cluster, ClusterConnection connection, bool async, bool batch)
    {
        cluster.Servers[0].OnExecute = () => _answer.Task;
        var timers = cluster.Clock.ArmedTimers;
        var command = connection.CreateCommand();
        command.CommandTimeout = 1;
        var several = connection.CreateBatch();
        several.Timeout = 1;
        Task running = (async, batch) switch
        {
            (true, false) => command.ExecuteNonQueryAsync(),
            (true, true) => several.ExecuteScalarAsync(),
            (false, false) => Task.Factory.StartNew(
                () => command.ExecuteReader(), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default),
            _ => Task.Factory.StartNew(
                () => several.ExecuteNonQuery(), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default),
        };
        Assert.True(SpinWait.SpinUntil(() => cluster.Clock.ArmedTimers > timers, TimeSpan.FromSeconds(10)));
        return running;
    }
}
