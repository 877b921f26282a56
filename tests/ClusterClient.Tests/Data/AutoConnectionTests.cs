using System.Data;
using System.Transactions;
using ClusterClient.Data;
using ClusterClient.Resilience;
using ClusterClient.Routing;
using ClusterClient.Tests.Fakes;

namespace ClusterClient.Tests.Data;

/// <summary>Connections whose commands choose for themselves; node a is the primary at first.</summary>
public sealed class AutoConnectionTests
{
    [Fact]
    public async Task Open_Auto_IsOpenAndNothingIsOnTheWire()
    {
        await using var cluster = new FakeCluster(2).Sees("P1@9 R1@9");
        await using var connection = cluster.Auto.CreateConnection();
        List<(ConnectionState, ConnectionState)> changes = [];
        connection.StateChange += (_, change) => changes.Add((change.OriginalState, change.CurrentState));
        await connection.OpenAsync();
        Assert.Equal((ConnectionState.Open, null, RouteIntent.Auto), (connection.State, connection.NodeName, connection.Intent));
        Assert.Throws<InvalidOperationException>(connection.Open);
        await connection.CloseAsync();
        connection.Open();
        connection.Close();
        connection.Close();

        Assert.Equal((0, 0), (cluster.Servers[0].Opens, cluster.Servers[1].Opens));
        Assert.Equal(
            [(ConnectionState.Closed, ConnectionState.Open), (ConnectionState.Open, ConnectionState.Closed), (ConnectionState.Closed, ConnectionState.Open), (ConnectionState.Open, ConnectionState.Closed)],
            changes);
        Assert.Throws<InvalidOperationException>(() => connection.BeginTransaction());
        await Assert.ThrowsAsync<InvalidOperationException>(() => RunAsync(connection));
    }

    [Fact]
    public async Task Open_CancelledOrDisposed_SaysSo()
    {
        var cluster = new FakeCluster(1).Sees("P1@9");
        var connection = cluster.Auto.CreateConnection();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => connection.OpenAsync(new(canceled: true)));
        Assert.Equal(ConnectionState.Closed, connection.State);
        await cluster.DisposeAsync();
        await Assert.ThrowsAsync<ObjectDisposedException>(() => connection.OpenAsync());
        Assert.Throws<ObjectDisposedException>(connection.Open);
    }

    [Theory]
    [ClassData(typeof(CallKinds))]
    public async Task Command_Intent_GoesToItsRoleOnOneConnectionEach(string kind)
    {
        await using var cluster = new FakeCluster(2).Sees("P1@9 R1@9");
        await using (var connection = await cluster.Auto.OpenConnectionAsync())
        {
            for (var i = 0; i < 3; i++)
            {
                await RunAsync(connection, RouteIntent.Read);
                Assert.Equal("b", connection.NodeName);
            }

            for (var i = 0; i < 3; i++)
            {
                await CallKinds.Run(kind, connection);
                Assert.Equal("a", connection.NodeName);
            }

            Assert.Equal((1, 1), (cluster.Servers[0].Opens, cluster.Servers[1].Opens));
            Assert.Equal((3, 3), (cluster.Servers[0].Statements, cluster.Servers[1].Statements));
        }

        Assert.All(cluster.Servers, s => Assert.True(Assert.Single(s.Connections).IsDisposed));
        Assert.Equal("0 0", cluster.InFlight);
    }

    [Fact]
    public async Task Command_SeenFromOutside_IsOfTheApplicationsConnection()
    {
        await using var cluster = new FakeCluster(2).Sees("P1@9 R1@9");
        await using var connection = await cluster.Auto.OpenConnectionAsync();
        await using var command = connection.CreateCommand();
        command.Intent = RouteIntent.Read;
        await command.ExecuteNonQueryAsync();
        Assert.Same(connection, command.Connection);
        command.Connection = connection;
        await using (var transaction = await connection.BeginTransactionAsync())
        {
            Assert.Same(connection, transaction.Connection);
            command.Transaction = transaction;
            Assert.Same(connection, command.Connection);
            await command.ExecuteNonQueryAsync();
            Assert.Equal("a", connection.NodeName);
            Assert.Same(transaction, command.Transaction);
            await transaction.CommitAsync();
        }

        cluster.Sees("P1@9 R1@9");
        await command.ExecuteNonQueryAsync();
        Assert.Equal("b", connection.NodeName);
    }

    [Theory]
    [InlineData(RouteIntent.Auto)]
    [InlineData((RouteIntent)7)]
    public async Task Intent_NeitherReadNorWrite_IsRefused(RouteIntent intent)
    {
        await using var cluster = new FakeCluster(1).Sees("P1@9");
        await using var command = cluster.Auto.CreateConnection().CreateCommand();
        await using var batch = cluster.Auto.CreateConnection().CreateBatch();
        Assert.Throws<ArgumentOutOfRangeException>(() => command.Intent = intent);
        Assert.Throws<ArgumentOutOfRangeException>(() => batch.Intent = intent);
    }

    [Theory]
    [InlineData(null, false, false)]
    [InlineData(RouteIntent.Write, false, false)]
    [InlineData(RouteIntent.Read, false, true)]
    [InlineData(null, true, true)]
    public async Task IsReadOnly_ReadOrSaidSo_IsTrue(RouteIntent? intent, bool said, bool expected)
    {
        await using var cluster = new FakeCluster(1).Sees("P1@9");
        await using var command = cluster.Writes.CreateConnection().CreateCommand();
        (command.Intent, command.IsReadOnly) = (intent, said);
        Assert.Equal((intent, expected), (command.Intent, command.IsReadOnly));
    }

    [Fact]
    public async Task Read_OnAFixedConnection_StaysThere()
    {
        await using var cluster = new FakeCluster(2).Sees("P1@9 R1@9");
        await using var writer = await cluster.Writes.OpenConnectionAsync();
        await RunAsync(writer, RouteIntent.Read);
        await using var reader = await cluster.Reads.OpenConnectionAsync();
        await RunAsync(reader, RouteIntent.Write);
        Assert.Equal(("a", "b"), (writer.NodeName, reader.NodeName));
    }

    [Fact]
    public async Task Read_AfterAWrite_GoesToThePrimaryUntilAReplicaHasIt()
    {
        await using var cluster = new FakeCluster(3).Sees("P1@9 R1@9 R1@9");
        await using var connection = await cluster.Auto.OpenConnectionAsync();
        Assert.NotEqual("a", await ReadAsync(connection));
        await RunAsync(connection);
        Assert.Equal("a", await ReadAsync(connection));
        cluster.Sees(". R1@30 R1@30");
        Assert.Equal("a", await ReadAsync(connection));
        cluster.Sees("P1@40 . .");
        Assert.Equal("a", await ReadAsync(connection));
        connection.Close();
        connection.Open();
        Assert.Equal("a", await ReadAsync(connection));
        cluster.Sees("P1@90 R1@39 R1@40");
        Assert.Equal("c", await ReadAsync(connection));
        cluster.Sees(". R1@40 x");
        Assert.Equal("b", await ReadAsync(connection));
    }

    [Fact]
    public async Task Read_ReplicaConnectionOpenWhenTheWriteCame_IsNotServedByIt()
    {
        await using var cluster = new FakeCluster(3).Sees("P1@9 R1@9 R1@9");
        await using var connection = await cluster.Auto.OpenConnectionAsync();
        var before = await ReadAsync(connection);
        var other = before == "b" ? "c" : "b";
        await RunAsync(connection);
        cluster.Sees(other == "b" ? "P1@20 R1@20 ." : "P1@20 . R1@20");
        Assert.Equal(other, await ReadAsync(connection));
        Assert.True(cluster.Servers[before[0] - 'a'].Connections[^1].IsDisposed);
    }

    [Fact]
    public async Task Read_PrimaryNotForReads_StillServesWhatNobodyElseHas()
    {
        var scope = new RouteScope { Freshness = new(TimeSpan.FromSeconds(10)) };
        await using var cluster = new FakeCluster(2, scope: scope).Sees("P1@9 R1@9");
        await using var connection = await cluster.Auto.OpenConnectionAsync();
        await RunAsync(connection);
        Assert.Equal("a", await ReadAsync(connection));
        cluster.Sees("P1@20 R1@20");
        Assert.Equal("b", await ReadAsync(connection));
        cluster.Sees("P1@20 x");
        Assert.Equal("a", await ReadAsync(connection));
    }

    [Fact]
    public async Task Read_PrimaryGoneAndReplicaBehind_WaitsUntilThatHasTheWrite()
    {
        await using var cluster = new FakeCluster(2).Sees("P1@9 R1@9");
        await using var connection = await cluster.Auto.OpenConnectionAsync();
        await RunAsync(connection);
        cluster.Sees("P1@20 .").Sees("x R1@19");
        var reading = ReadAsync(connection);
        cluster.Clock.Advance(TimeSpan.FromSeconds(1));
        Assert.False(reading.IsCompleted);
        cluster.Sees(". R1@20");
        await Until.TrueAsync(cluster.Clock, TimeSpan.FromMilliseconds(50), TimeSpan.FromSeconds(2), () => reading.IsCompleted);
        Assert.Equal("b", await reading);
    }

    [Fact]
    public async Task Read_NobodyHasTheWriteInTime_IsRefusedWithTheReason()
    {
        await using var cluster = new FakeCluster(2, failoverTimeout: TimeSpan.FromSeconds(1)).Sees("P1@9 R1@9");
        await using var connection = await cluster.Auto.OpenConnectionAsync();
        await RunAsync(connection);
        cluster.Sees("P1@20 .").Sees("x R1@19");
        var reading = ReadAsync(connection);
        await Until.TrueAsync(cluster.Clock, TimeSpan.FromMilliseconds(50), TimeSpan.FromSeconds(3), () => reading.IsCompleted);
        var refusal = await Assert.ThrowsAsync<ClusterUnavailableException>(() => reading);
        Assert.Contains("is not known to have the caller's last write yet", refusal.Explanation, StringComparison.Ordinal);
        Assert.Equal(ConnectionState.Open, connection.State);
    }

    [Theory]
    [InlineData("nothing")]
    [InlineData("read-only")]
    [InlineData("read-only transaction")]
    [InlineData("another connection")]
    public async Task Read_AfterWhatIsNoWriteOfItsOwn_GoesToAReplica(string what)
    {
        await using var cluster = new FakeCluster(2).Sees("P1@9 R1@9");
        await using var connection = await cluster.Auto.OpenConnectionAsync();
        await using var other = await cluster.Auto.OpenConnectionAsync();
        switch (what)
        {
            case "read-only":
                await RunAsync(connection, isReadOnly: true);
                break;
            case "read-only transaction":
                await using (var transaction = await connection.BeginTransactionAsync())
                {
                    await RunAsync(connection, isReadOnly: true);
                    await RunAsync(connection, RouteIntent.Read);
                    await transaction.CommitAsync();
                }

                break;
            case "another connection":
                await RunAsync(other);
                break;
            default:
                break;
        }

        Assert.Equal("b", await ReadAsync(connection));
    }

    [Theory]
    [InlineData("commit")]
    [InlineData("failed command")]
    [InlineData("batch")]
    [InlineData("reader")]
    [InlineData("unwrapped command")]
    public async Task Read_AfterWhatMayHaveWritten_GoesToThePrimary(string what)
    {
        await using var cluster = new FakeCluster(2).Sees("P1@9 R1@9");
        await using var connection = await cluster.Auto.OpenConnectionAsync();
        switch (what)
        {
            case "commit":
                await using (var transaction = connection.BeginTransaction())
                {
                    await RunAsync(connection);
                    Assert.Equal("a", await ReadAsync(connection));
                    transaction.Commit();
                }

                break;
            case "failed command":
                cluster.Servers[0].OnExecute = () => Task.FromException(new FakeFault(FaultKind.Statement));
                await Assert.ThrowsAsync<FakeFault>(() => RunAsync(connection));
                cluster.Servers[0].OnExecute = () => Task.CompletedTask;
                break;
            case "batch":
                await using (var batch = connection.CreateBatch())
                {
                    await batch.ExecuteNonQueryAsync();
                }

                break;
            case "reader":
                await using (var command = connection.CreateCommand())
                await using (var reader = await command.ExecuteReaderAsync())
                {
                    // It is not committed yet, and a look now says nothing of it.
                    cluster.Sees("P1@9 R1@9");
                    Assert.Equal("a", await ReadAsync(connection));
                    cluster.Sees("P1@9 R1@9");
                    Assert.Equal("a", await ReadAsync(connection));
                }

                break;
            default:
                await using (var command = connection.CreateCommand())
                {
                    await command.ExecuteNonQueryAsync();
                    command.Unwrap<FakeCommand>();
                    cluster.Sees("P1@9 R1@9");
                    Assert.Equal("a", await ReadAsync(connection));
                }

                break;
        }

        Assert.Equal("a", await ReadAsync(connection));
        connection.Close();
        connection.Open();
        Assert.Equal("a", await ReadAsync(connection));
        cluster.Sees("P1@20 R1@20");
        Assert.Equal("b", await ReadAsync(connection));
    }

    [Fact]
    public async Task Command_ConnectionOfItsRoleBroke_IsOpenedAgain()
    {
        await using var cluster = new FakeCluster(2).Sees("P1@9 R1@9");
        await using var connection = await cluster.Auto.OpenConnectionAsync();
        var changes = 0;
        connection.StateChange += (_, _) => changes++;
        await RunAsync(connection);
        await ReadAsync(connection);
        cluster.Servers[0].Connections[0].Abort();
        cluster.Sees("P1@9 R1@9");
        await RunAsync(connection);
        await connection.BeginTransaction().DisposeAsync();
        Assert.Equal((ConnectionState.Open, 2, 0), (connection.State, cluster.Servers[0].Opens, changes));
    }

    [Fact]
    public async Task Command_NodeLostItsPlace_GoesToTheNewPrimary()
    {
        await using var cluster = new FakeCluster(3).Sees("P1@9 R1@9 R1@9");
        await using var connection = await cluster.Auto.OpenConnectionAsync();
        await RunAsync(connection);
        cluster.Sees(". P2@12/9 R2@12");
        await RunAsync(connection);
        Assert.Equal("b", connection.NodeName);
        Assert.Equal("b", await ReadAsync(connection));
        cluster.Sees("R2@30 P2@30/9 R2@12");
        Assert.Equal("a", await ReadAsync(connection));
    }

    [Fact]
    public async Task Command_ConnectionBrokeInATransaction_FailsUntilThatIsOver()
    {
        await using var cluster = new FakeCluster(2).Sees("P1@9 R1@9");
        await using var connection = await cluster.Auto.OpenConnectionAsync();
        await using (var transaction = await connection.BeginTransactionAsync())
        {
            await RunAsync(connection);
            cluster.Servers[0].Connections[0].Abort();
            cluster.Servers[0].OnExecute = () => Task.FromException(new FakeFault(FaultKind.ConnectionLost));
            await Assert.ThrowsAsync<FakeFault>(() => RunAsync(connection));
            cluster.Servers[0].OnExecute = () => Task.CompletedTask;
            Assert.Equal((ConnectionState.Broken, 1), (connection.State, cluster.Servers[0].Opens));
        }

        await RunAsync(connection);
        Assert.Equal((ConnectionState.Open, 2), (connection.State, cluster.Servers[0].Opens));
    }

    [Fact]
    public async Task Read_FaultOnTheReplica_GoesOnElsewhereEachTime()
    {
        await using var cluster = new FakeCluster(3, retry: RetryPolicy.Default).Sees("P1@9 R1@9 R1@9");
        await using var connection = await cluster.Auto.OpenConnectionAsync();
        for (var i = 0; i < 2; i++)
        {
            var first = await ReadAsync(connection);
            var server = cluster.Servers[first[0] - 'a'];
            server.OnExecute = () => Task.FromException(new FakeFault(FaultKind.ConnectionLost));
            var reading = ReadAsync(connection);
            await Until.TrueAsync(cluster.Clock, TimeSpan.FromMilliseconds(5), TimeSpan.FromSeconds(2), () => reading.IsCompleted);
            Assert.NotEqual(first, await reading);
            server.OnExecute = () => Task.CompletedTask;
            cluster.Sees("P1@9 R1@9 R1@9");
        }
    }

    [Fact]
    public async Task IsReadOnly_AnswerLost_IsSentAgainOnThePrimary()
    {
        await using var cluster = new FakeCluster(2, retry: RetryPolicy.Default).Sees("P1@9 R1@9");
        await using var connection = await cluster.Auto.OpenConnectionAsync();
        var fails = 1;
        cluster.Servers[0].OnExecute = () => fails-- > 0 ? Task.FromException(new FakeFault(FaultKind.ConnectionLost)) : Task.CompletedTask;
        var running = RunAsync(connection, isReadOnly: true);
        await Until.TrueAsync(cluster.Clock, TimeSpan.FromMilliseconds(5), TimeSpan.FromSeconds(2), () =>
        {
            cluster.Sees("P1@9 R1@9");
            return running.IsCompleted;
        });
        await running;
        Assert.Equal(2, cluster.Servers[0].Statements);
    }

    [Fact]
    public async Task Command_NoPrimary_WaitsNoLongerThanItsOwnTimeout()
    {
        await using var cluster = new FakeCluster(1).Sees("x");
        await using var connection = await cluster.Auto.OpenConnectionAsync();
        await using var command = connection.CreateCommand();
        command.CommandTimeout = 2;
        var running = command.ExecuteNonQueryAsync();
        await Until.TrueAsync(cluster.Clock, TimeSpan.FromMilliseconds(100), TimeSpan.FromSeconds(3), () => running.IsCompleted);
        await Assert.ThrowsAsync<ClusterUnavailableException>(() => running);
    }

    [Fact]
    public async Task Close_WhileATransactionIsOpen_EndsIt()
    {
        await using var cluster = new FakeCluster(2).Sees("P1@9 R1@9");
        await using var connection = await cluster.Auto.OpenConnectionAsync();
        var transaction = connection.BeginTransaction();
        await RunAsync(connection);
        await connection.CloseAsync();
        await connection.OpenAsync();
        await transaction.DisposeAsync();
        cluster.Sees("P1@9 R1@9");
        Assert.Equal("b", await ReadAsync(connection));
    }

    [Theory]
    [InlineData(true, TransactionScopeAsyncFlowOption.Enabled)]
    [InlineData(false, TransactionScopeAsyncFlowOption.Enabled)]
    [InlineData(false, TransactionScopeAsyncFlowOption.Suppress)]
    public async Task Open_InsideAScopeOrBefore_JoinsItOnlyThen(bool isInside, TransactionScopeAsyncFlowOption flow)
    {
        await using var cluster = new FakeCluster(2).Sees("P1@9 R1@9");
        List<Transaction?> seen = [];
        cluster.Servers[0].OnOpen = () =>
        {
            seen.Add(Transaction.Current);
            return Task.CompletedTask;
        };
        await using var connection = cluster.Auto.CreateConnection();
        if (!isInside)
        {
            connection.Open();
        }

        if (flow == TransactionScopeAsyncFlowOption.Enabled)
        {
            using var scope = new TransactionScope(flow);
            if (isInside)
            {
                await connection.OpenAsync();
            }

            Assert.Equal(isInside ? 1 : 0, seen.Count);
            Assert.Equal("a", await ReadAsync(connection));
            Assert.Equal(isInside ? Transaction.Current : null, Assert.Single(seen));
        }
        else
        {
            using var scope = new TransactionScope(flow);
            using var command = connection.CreateCommand();
            command.Intent = RouteIntent.Read;
            command.ExecuteNonQuery();
            Assert.Equal("a", connection.NodeName);
            Assert.Null(Assert.Single(seen));
            Assert.NotNull(Transaction.Current);
        }

        connection.Close();
        connection.Open();
        cluster.Sees("P1@9 R1@9");
        // What was done in the scope may have been committed after the connection was closed.
        Assert.Equal(isInside ? "a" : "b", await ReadAsync(connection));
        cluster.Sees("P1@20 R1@20");
        Assert.Equal("b", await ReadAsync(connection));
    }

    [Fact]
    public async Task Unwrap_Connection_TakesEverythingToThePrimaryUntilClosed()
    {
        await using var cluster = new FakeCluster(2).Sees("P1@9 R1@9");
        await using var connection = await cluster.Auto.OpenConnectionAsync();
        Assert.Equal("b", await ReadAsync(connection));
        Assert.Same(cluster.Servers[0].Connections[0], connection.Unwrap<FakeConnection>());
        Assert.Equal("a", await ReadAsync(connection));
        cluster.Servers[0].Connections[0].Abort();
        Assert.Equal(ConnectionState.Broken, connection.State);
        await connection.OpenAsync();
        cluster.Sees("P1@9 R1@9");
        Assert.Equal("b", await ReadAsync(connection));
        Assert.Equal(1, cluster.Servers[0].Opens);
    }

    [Fact]
    public async Task Views_OfAuto_AreAutoAndTransactionsRunOnThePrimary()
    {
        await using var cluster = new FakeCluster(3).Sees("P1@9 R1@9 R1@9");
        var view = cluster.Auto.ForRegion("us").Within(RegionRule.Allow("eu", "us")).ForCaller("tenant").Hedged(false).WithPriority(CallPriority.Batch);
        Assert.Equal(RouteIntent.Auto, view.Intent);
        await using var connection = await view.OpenConnectionAsync();
        Assert.Equal("c", await ReadAsync(connection));
        var intent = await view.ExecuteInTransactionAsync(async (db, ct) =>
        {
            await RunAsync(db, RouteIntent.Read);
            return (db.NodeName, db.Intent);
        });
        Assert.Equal(("a", RouteIntent.Write), intent);
        var lines = view.Explain().Split(Environment.NewLine);
        Assert.StartsWith("write from us -> a", lines[0], StringComparison.Ordinal);
        Assert.Contains(lines, l => l.StartsWith("read from us -> c", StringComparison.Ordinal));
        Assert.Equal("a", Assert.Single(view.Assess(), a => a.IsChosen).Node.Endpoint.Name);
    }

    private static async Task<string> ReadAsync(ClusterConnection connection)
    {
        await RunAsync(connection, RouteIntent.Read);
        return connection.NodeName!;
    }

    private static async Task RunAsync(ClusterConnection connection, RouteIntent? intent = null, bool isReadOnly = false)
    {
        await using var command = connection.CreateCommand();
        (command.Intent, command.IsReadOnly) = (intent, isReadOnly);
        await command.ExecuteNonQueryAsync();
    }
}
