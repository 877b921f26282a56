using System.Data;
using System.Diagnostics;
using System.Transactions;
using ClusterClient.Data;
using ClusterClient.Health;
using ClusterClient.Resilience;
using ClusterClient.Routing;
using ClusterClient.Tests.Fakes;
using ClusterClient.Topology;

namespace ClusterClient.Tests.Data;

/// <summary>Reads of which a second replica is asked; a hundred that took 4 ms each went before, so that it is after 5 ms.</summary>
public sealed class HedgedReadTests
{
    private static readonly TimeSpan Early = TimeSpan.FromMilliseconds(3);
    private static readonly TimeSpan Due = TimeSpan.FromMilliseconds(3);

    [Theory]
    [InlineData("non-query async")]
    [InlineData("scalar async")]
    [InlineData("reader async")]
    [InlineData("batch async")]
    [InlineData("batch scalar async")]
    [InlineData("batch reader async")]
    public async Task Execute_FirstNodeFrozen_IsAnsweredByAnotherAfterTheDelay(string kind)
    {
        var logger = new RememberingLogger();
        await using var cluster = await WarmAsync(logger: logger);
        var connection = await cluster.Reads.OpenConnectionAsync();
        var changes = new List<ConnectionState>();
        connection.StateChange += (_, e) => changes.Add(e.CurrentState);
        var (first, second) = Nodes(cluster, connection);
        var frozen = Freeze(first);
        var (before, at) = (second.Statements, first.Connections[^1]);

        var call = CallKinds.Run(kind, connection);
        cluster.Clock.Advance(Early);
        Assert.Equal((before, 0), (second.Statements, logger.Ids.Count(id => id == 25)));
        cluster.Clock.Advance(Due);
        await call.Soon();

        Assert.Equal((before + 1, 1), (second.Statements, logger.Ids.Count(id => id == 25)));
        Assert.Same(second, ServerOf(cluster, connection));
        await UntilEndedAsync(cluster, () => at.IsDisposed);
        Assert.False(at.IsAborted);
        Assert.Empty(changes);
        Assert.Equal(ConnectionState.Open, connection.State);
        Assert.Equal("0 0", FaultsInARow(cluster));
        await connection.CloseAsync();
        Assert.Equal([ConnectionState.Closed], changes);
        Assert.All(cluster.Nodes, n => Assert.Equal(0, n.State.Connections));
        Assert.All(second.Connections, c => Assert.True(c.IsDisposed));
        frozen.SetResult();
    }

    [Fact]
    public async Task Execute_HedgeWins_CommandAndConnectionGoOnAtTheWinner()
    {
        await using var cluster = await WarmAsync();
        await using var connection = await cluster.Reads.OpenConnectionAsync();
        var (first, second) = Nodes(cluster, connection);
        Freeze(first, hearsTokens: false);
        await using var command = connection.CreateCommand();
        var parameter = command.CreateParameter();
        command.Parameters.Add(parameter);

        var call = command.ExecuteReaderAsync();
        cluster.Clock.Advance(Early + Due);
        await using (var reader = await call.Soon())
        {
            Assert.True(await reader.ReadAsync());
            Assert.Same(second, reader.GetValue(0));
        }

        // While the loser runs yet.
        var before = second.Statements;
        command.CommandText = "another";
        parameter.Value = 2;
        Assert.Same(parameter, Assert.Single(command.Parameters));
        Assert.Equal(1, await command.ExecuteScalarAsync().Soon());
        Assert.Equal(1, command.ExecuteScalar());
        Assert.Equal(before + 2, second.Statements);
        Assert.Equal(1, cluster.Nodes.Sum(n => n.State.InFlight));
    }

    [Fact]
    public async Task Execute_FirstAnswersAfterAll_WinsAndTheHedgeIsGivenBack()
    {
        foreach (var hearsTokens in new[] { true, false })
        {
            await using var cluster = await WarmAsync();
            await using var connection = await cluster.Reads.OpenConnectionAsync();
            var (first, second) = Nodes(cluster, connection);
            var (answer, late) = (Freeze(first, hearsTokens), Freeze(second, hearsTokens));
            await using var command = connection.CreateCommand();
            var call = command.ExecuteReaderAsync();
            cluster.Clock.Advance(Early + Due);
            await Until.TrueAsync(() => second.Connections[^1].State == ConnectionState.Open && cluster.Nodes.Sum(n => n.State.InFlight) == 2);
            answer.SetResult();
            await using (var reader = await call.Soon())
            {
                Assert.True(await reader.ReadAsync());
                Assert.Same(first, reader.GetValue(0));
            }

            Assert.Same(first, ServerOf(cluster, connection));
            if (!hearsTokens)
            {
                Assert.False(second.Connections[^1].IsDisposed);
                late.SetResult();
            }

            await UntilEndedAsync(cluster, () => second.Connections[^1].IsDisposed);
            Assert.False(second.Connections[^1].IsAborted);
        }
    }

    [Fact]
    public async Task Execute_FirstAnswersWhileTheHedgeOpens_NothingIsSentThere()
    {
        await using var cluster = await WarmAsync();
        await using var connection = await cluster.Reads.OpenConnectionAsync();
        var (first, second) = Nodes(cluster, connection);
        var (answer, opened) = (Freeze(first), new TaskCompletionSource());
        second.OnOpen = () => opened.Task;
        var before = (second.Statements, Opens: second.Opens + 1);
        var call = connection.CreateCommand().ExecuteScalarAsync();
        cluster.Clock.Advance(Early + Due);
        await Until.TrueAsync(() => second.Opens == before.Opens);
        answer.SetResult();
        await call.Soon();
        opened.SetResult();
        await UntilEndedAsync(cluster, () => second.Connections[^1].IsDisposed);
        Assert.Equal(before, (second.Statements, second.Opens));
    }

    [Fact]
    public async Task Execute_LoserDeafToItsToken_IsAbandonedInBoundedTime()
    {
        await using var cluster = await WarmAsync();
        await using var connection = await cluster.Reads.OpenConnectionAsync();
        var (first, second) = Nodes(cluster, connection);
        var frozen = Freeze(first, hearsTokens: false);
        var at = first.Connections[^1];
        var call = connection.CreateCommand().ExecuteScalarAsync();
        cluster.Clock.Advance(Early + Due);
        await call.Soon();
        await Until.TrueAsync(cluster.Clock, TimeSpan.FromMilliseconds(50), TimeSpan.FromSeconds(4), () => at.IsAborted && cluster.InFlight == "0 0 0");
        Assert.Same(second, ServerOf(cluster, connection));
        Assert.Equal(ConnectionState.Open, connection.State);
        frozen.SetException(new FakeFault(FaultKind.ConnectionLost));
        await Until.TrueAsync(() => at.IsDisposed);
        Assert.Equal("0 0", FaultsInARow(cluster));
    }

    [Fact]
    public async Task Execute_Cancelled_EndsBothAttempts()
    {
        await using var cluster = await WarmAsync();
        await using var connection = await cluster.Reads.OpenConnectionAsync();
        var (first, second) = Nodes(cluster, connection);
        Freeze(first);
        Freeze(second);
        using var caller = new CancellationTokenSource();
        var call = connection.CreateCommand().ExecuteScalarAsync(caller.Token);
        cluster.Clock.Advance(Early + Due);
        await Until.TrueAsync(() => cluster.Nodes.Sum(n => n.State.InFlight) == 2);
        await caller.CancelAsync();
        Assert.Equal(caller.Token, (await Assert.ThrowsAnyAsync<OperationCanceledException>(() => call.Soon())).CancellationToken);
        await Until.TrueAsync(() => second.Connections[^1].IsDisposed && cluster.InFlight == "0 0 0");
        Assert.Same(first, ServerOf(cluster, connection));
        Assert.Equal(ConnectionState.Open, connection.State);
    }

    [Theory]
    [InlineData("transaction")]
    [InlineData("ambient")]
    [InlineData("write")]
    [InlineData("second")]
    [InlineData("unwrapped")]
    [InlineData("prepared")]
    [InlineData("output")]
    [InlineData("stream")]
    [InlineData("procedure")]
    [InlineData("declined")]
    [InlineData("view declines")]
    [InlineData("no budget")]
    [InlineData("one replica")]
    [InlineData("on request only")]
    public async Task Execute_NotHedgeable_IsNot(string why)
    {
        await using var cluster = await WarmAsync(
            why == "one replica" ? "P1@9 R1@9" : "P1@9 R1@9 R1@9",
            why == "on request only" ? HedgingPolicy.OnRequest : HedgingPolicy.Default,
            why == "no budget" ? new() { BudgetRatio = 0, BudgetPerSecond = 0 } : RetryPolicy.Default);
        using var scope = why == "ambient" ? new TransactionScope(TransactionScopeAsyncFlowOption.Enabled) : null;
        var view = why == "write" ? cluster.Writes : why == "view declines" ? cluster.Reads.Hedged(false) : cluster.Reads;
        await using var connection = await view.OpenConnectionAsync();
        await using var command = connection.CreateCommand();
        switch (why)
        {
            case "transaction":
                command.Transaction = await connection.BeginTransactionAsync();
                break;
            case "second":
                await command.ExecuteScalarAsync();
                break;
            case "unwrapped":
                connection.Unwrap<FakeConnection>();
                break;
            case "prepared":
                command.Prepare();
                break;
            case "output":
                command.Parameters.Add(new FakeParameter { Direction = ParameterDirection.Output });
                break;
            case "stream":
                command.Parameters.Add(new FakeParameter { Value = new MemoryStream() });
                break;
            case "procedure":
                command.CommandType = CommandType.StoredProcedure;
                break;
            case "declined":
                command.IsHedged = false;
                break;
        }

        var frozen = Freeze(ServerOf(cluster, connection));
        var opens = cluster.Servers.Sum(s => s.Opens);
        var call = command.ExecuteScalarAsync();
        for (var i = 0; i < 30; i++)
        {
            cluster.Clock.Advance(TimeSpan.FromMilliseconds(5));
            await Task.Delay(1);
            Assert.Equal(opens, cluster.Servers.Sum(s => s.Opens));
        }

        frozen.SetResult();
        await call.Soon();
        Assert.Equal(opens, cluster.Servers.Sum(s => s.Opens));
    }

    [Fact]
    public async Task Execute_OnRequest_IsHedgedWhereAsked()
    {
        foreach (var byCommand in new[] { true, false })
        {
            await using var cluster = await WarmAsync(hedging: HedgingPolicy.OnRequest);
            await using var connection = await (byCommand ? cluster.Reads : cluster.Reads.Hedged()).OpenConnectionAsync();
            var (first, second) = Nodes(cluster, connection);
            Freeze(first);
            await using var command = connection.CreateCommand();
            command.IsHedged = byCommand ? true : null;
            var call = command.ExecuteScalarAsync();
            cluster.Clock.Advance(Early + Due);
            await call.Soon();
            Assert.Same(second, ServerOf(cluster, connection));
        }
    }

    [Fact]
    public async Task Execute_FaultBeforeTheDelay_IsRetriedAsEver()
    {
        await using var cluster = await WarmAsync();
        await using var connection = await cluster.Reads.OpenConnectionAsync();
        var (first, second) = Nodes(cluster, connection);
        first.OnExecute = () => Task.FromException(new FakeFault(FaultKind.ConnectionLost));
        Assert.Equal(1, await connection.CreateCommand().ExecuteScalarAsync().Soon());
        Assert.Same(second, ServerOf(cluster, connection));
        Assert.Equal("0 0 0", cluster.InFlight);
    }

    [Theory]
    [InlineData(FaultKind.Statement, false)]
    [InlineData(FaultKind.ConnectionLost, true)]
    public async Task Execute_FirstFaultsBesideTheHedge_WaitsForItWhereItMayAnswer(FaultKind fault, bool waits)
    {
        await using var cluster = await WarmAsync();
        await using var connection = await cluster.Reads.OpenConnectionAsync();
        var (first, second) = Nodes(cluster, connection);
        var (one, other) = (Freeze(first), Freeze(second));
        var call = connection.CreateCommand().ExecuteScalarAsync();
        cluster.Clock.Advance(Early + Due);
        await Until.TrueAsync(() => cluster.Nodes.Sum(n => n.State.InFlight) == 2);
        one.SetException(new FakeFault(fault));
        if (waits)
        {
            await Until.TrueAsync(() => cluster.Nodes.Sum(n => n.State.InFlight) == 1);
            Assert.False(call.IsCompleted);
            other.SetResult();
            Assert.Equal(1, await call.Soon());
            Assert.Same(second, ServerOf(cluster, connection));
        }
        else
        {
            Assert.Equal(fault, (await Assert.ThrowsAsync<FakeFault>(() => call.Soon())).Kind);
        }

        await UntilEndedAsync(cluster, () => cluster.Nodes.Sum(n => n.State.Connections) == 1);
    }

    [Fact]
    public async Task Execute_BothFault_TheFirstFaultDecidesAndIsRetried()
    {
        await using var cluster = await WarmAsync();
        await using var connection = await cluster.Reads.OpenConnectionAsync();
        var (first, second) = Nodes(cluster, connection);
        var (one, other) = (Freeze(first), Freeze(second));
        var call = connection.CreateCommand().ExecuteScalarAsync();
        cluster.Clock.Advance(Early + Due);
        await Until.TrueAsync(() => cluster.Nodes.Sum(n => n.State.InFlight) == 2);
        (first.OnExecute, second.OnExecute) = (() => Task.CompletedTask, () => Task.CompletedTask);
        other.SetException(new FakeFault(FaultKind.Statement));
        await Until.TrueAsync(() => cluster.Nodes.Sum(n => n.State.InFlight) == 1);
        Assert.False(call.IsCompleted);
        one.SetException(new FakeFault(FaultKind.ConnectionLost));
        Assert.Equal(1, await call.Soon());
        await UntilEndedAsync(cluster, () => cluster.Nodes.Sum(n => n.State.Connections) == 1);
    }

    [Fact]
    public async Task Execute_ConnectionIsClosedBesideTheHedge_StaysClosed()
    {
        await using var cluster = await WarmAsync();
        var connection = await cluster.Reads.OpenConnectionAsync();
        var (first, second) = Nodes(cluster, connection);
        var (one, other) = (Freeze(first), Freeze(second));
        var call = connection.CreateCommand().ExecuteScalarAsync();
        cluster.Clock.Advance(Early + Due);
        await Until.TrueAsync(() => cluster.Nodes.Sum(n => n.State.InFlight) == 2);
        await connection.CloseAsync();
        one.SetException(new FakeFault(FaultKind.ConnectionLost));
        await Until.TrueAsync(() => cluster.Nodes.Sum(n => n.State.InFlight) == 1);
        other.SetResult();
        await Assert.ThrowsAsync<FakeFault>(() => call.Soon());
        Assert.Equal(ConnectionState.Closed, connection.State);
        await UntilEndedAsync(cluster, () => cluster.Nodes.Sum(n => n.State.Connections) == 0);
    }

    [Fact]
    public async Task Execute_LoggerThrowsOverTheHedge_IsTheFirstAttemptsAnswer()
    {
        var logger = new RememberingLogger { OnLog = id => _ = id == 25 ? throw new InvalidOperationException("full") : id };
        await using var cluster = await WarmAsync(logger: logger);
        await using var connection = await cluster.Reads.OpenConnectionAsync();
        var (first, _) = Nodes(cluster, connection);
        var answer = Freeze(first);
        var call = connection.CreateCommand().ExecuteScalarAsync();
        cluster.Clock.Advance(Early + Due);
        await Until.TrueAsync(() => logger.Ids.Contains(25));
        answer.SetResult();
        Assert.Equal(1, await call.Soon());
        Assert.Same(first, ServerOf(cluster, connection));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Open_ToOneNodeOnly_IsAtOnceOrNotAtAll(bool isFull)
    {
        var one = new ConcurrencyLimits { Floor = 1, Initial = 1, Ceiling = 1 };
        await using var cluster = new FakeCluster(2, limits: one).Sees("P1@9 R1@9");
        var full = isFull ? cluster.Nodes[1].State.TryBeginOpen(cluster.Opener.Clock.Now) : cluster.Sees(". x") is null;
        Assert.Equal(isFull, full);
        var from = new MoveFrom(cluster.Nodes[0], Cause: null, TimeSpan.FromSeconds(30), cluster.Nodes[1]);

        await Assert.ThrowsAsync<NodeLeftException>(
            () => Task.Run(() => cluster.Opener.OpenAsync(cluster.Scope, RouteIntent.Read, CancellationToken.None, from).AsTask()).Soon());

        Assert.Equal((0, 0), (cluster.Nodes[1].State.Waiting, cluster.Servers[1].Opens));
    }

    [Fact]
    public async Task Execute_AllReadsSlow_HedgesAtMostTheirShare()
    {
        await using var cluster = await WarmAsync();
        var hedges = 0;
        for (var i = 0; i < 100; i++)
        {
            await using var connection = await cluster.Reads.OpenConnectionAsync();
            var (first, second) = Nodes(cluster, connection);
            var (slow, before) = (Freeze(first), second.Statements);
            var call = connection.CreateCommand().ExecuteScalarAsync();
            for (var ms = 0; ms < 40 && !call.IsCompleted && second.Statements == before; ms++)
            {
                cluster.Clock.Advance(TimeSpan.FromMilliseconds(1));
                await Task.Yield();
            }

            slow.TrySetResult();
            await call.Soon();
            hedges += second.Statements - before;
            first.OnExecute = () => Task.CompletedTask;
        }

        Assert.InRange(hedges, 5, 10);
    }

    [Fact]
    public async Task Execute_Hedged_TellsTheActivity()
    {
        await using var cluster = await WarmAsync();
        using var activity = new Activity("read").Start();
        await using var connection = await cluster.Reads.OpenConnectionAsync();
        var (first, _) = Nodes(cluster, connection);
        var (firstName, _) = (connection.NodeName, Freeze(first));
        var call = connection.CreateCommand().ExecuteScalarAsync();
        cluster.Clock.Advance(Early + Due);
        await call.Soon();
        var told = Assert.Single(activity.Events, e => e.Name == "clusterclient.hedge");
        Assert.Equal([connection.NodeName, firstName], told.Tags.Select(t => (string?)t.Value));
    }

    private static async Task<FakeCluster> WarmAsync(
        string nodes = "P1@9 R1@9 R1@9", HedgingPolicy? hedging = null, RetryPolicy? retry = null, RememberingLogger? logger = null)
    {
        var cluster = new FakeCluster(
            nodes.Split(' ').Length, retry: retry ?? RetryPolicy.Default, hedging: hedging ?? HedgingPolicy.Default, logger: logger).Sees(nodes);
        foreach (var server in cluster.Servers)
        {
            server.OnExecute = () =>
            {
                cluster.Clock.Advance(TimeSpan.FromMilliseconds(4));
                return Task.CompletedTask;
            };
        }

        for (var i = 0; i < LatencyQuantile.Enough; i++)
        {
            await using var connection = await cluster.Reads.Hedged().OpenConnectionAsync();
            await connection.CreateCommand().ExecuteScalarAsync();
        }

        foreach (var server in cluster.Servers)
        {
            server.OnExecute = () => Task.CompletedTask;
        }

        return cluster;
    }

    // A loser that does not end by itself is cancelled after half a second.
    private static Task UntilEndedAsync(FakeCluster cluster, Func<bool> alsoHolds) => Until.TrueAsync(
        cluster.Clock, TimeSpan.FromMilliseconds(50), TimeSpan.FromSeconds(2), () => alsoHolds() && cluster.InFlight == "0 0 0");

    // Answers when the test says so.
    private static TaskCompletionSource Freeze(FakeServer server, bool hearsTokens = true)
    {
        var answer = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        (server.OnExecute, server.HearsTokens) = (() => answer.Task, hearsTokens);
        return answer;
    }

    private static FakeServer ServerOf(FakeCluster cluster, ClusterConnection connection) =>
        cluster.Servers[cluster.Nodes.Single(n => n.Endpoint.Name == connection.NodeName).Index];

    private static (FakeServer First, FakeServer Second) Nodes(FakeCluster cluster, ClusterConnection connection)
    {
        var first = ServerOf(cluster, connection);
        return (first, cluster.Servers.Skip(1).Single(s => s != first));
    }

    private static string FaultsInARow(FakeCluster cluster) =>
        string.Join(' ', cluster.Nodes.Skip(1).Select(n => n.State.FaultsInARow(cluster.Opener.Clock.Now, 0)));
}
