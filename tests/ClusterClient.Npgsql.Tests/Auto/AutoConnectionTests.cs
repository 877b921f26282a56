using System.Data;
using System.Data.Common;
using System.Transactions;
using ClusterClient.Data;
using ClusterClient.Npgsql.Tests.Data;
using ClusterClient.Routing;
using Dapper;
using Npgsql;

namespace ClusterClient.Npgsql.Tests.Auto;

/// <summary>What applications and their tools do with a connection, on one whose commands choose for themselves; eu-1 is the primary.</summary>
public sealed class AutoConnectionTests(ClusterFixture fixture) : DataTest(fixture)
{
    private const string InRecovery = "select pg_is_in_recovery()";

    [Theory, InlineData(Io.Sync), InlineData(Io.Async)]
    public async Task Command_Intent_RunsWhereItBelongs(Io io)
    {
        await using var connection = (ClusterConnection)await Cluster.Auto.OpenAsync(io);
        await using var command = connection.CreateCommand();
        command.CommandText = InRecovery;
        Assert.Equal(false, await command.ScalarAsync(io));
        (command.Intent, command.IsReadOnly) = (RouteIntent.Read, true);
        await Until.TrueAsync(async () => (bool)(await command.ScalarAsync(io))!, () => "No read reached the replica.");
        Assert.Equal("eu-2", connection.NodeName);
        command.Intent = RouteIntent.Write;
        Assert.Equal(false, await command.ScalarAsync(io));
    }

    [Theory, InlineData(Io.Sync), InlineData(Io.Async)]
    public async Task Reader_OpenOnTheReplica_LeavesTheWriterFree(Io io)
    {
        var id = Fixture.NextId();
        await using var connection = (ClusterConnection)await Cluster.Auto.OpenAsync(io);
        await using var read = connection.CreateCommand();
        (read.CommandText, read.Intent) = ("select n from generate_series(1, 3) n", RouteIntent.Read);
        await using var reader = io == Io.Sync ? read.ExecuteReader() : await read.ExecuteReaderAsync();
        Assert.IsType<NpgsqlDataReader>(reader);
        Assert.True(await reader.ReadAsync());
        await connection.RunAsync($"insert into note values ({id}, '{id}')", io);
        // Another read has to wait for the rows, as on the driver's own connection; what is being read goes on.
        await using var second = connection.CreateCommand();
        (second.CommandText, second.Intent) = ("select 1", RouteIntent.Read);
        await Assert.ThrowsAsync<NpgsqlOperationInProgressException>(() => second.ScalarAsync(io));
        Assert.True(await reader.ReadAsync());
        Assert.Equal(2, reader.GetInt32(0));
        Assert.Equal(1, await NotesAsync(id));
    }

    [Theory]
    [InlineData(Io.Sync, RouteIntent.Read)]
    [InlineData(Io.Sync, RouteIntent.Write)]
    [InlineData(Io.Async, RouteIntent.Read)]
    [InlineData(Io.Async, RouteIntent.Write)]
    public async Task Reader_ThatClosesItsConnection_ClosesBoth(Io io, RouteIntent intent)
    {
        await using var connection = (ClusterConnection)await Cluster.Auto.OpenAsync(io);
        List<ConnectionState> changes = [];
        connection.StateChange += (_, change) => changes.Add(change.CurrentState);
        await using var command = connection.CreateCommand();
        command.CommandText = "select 1";
        command.Intent = intent == RouteIntent.Read ? RouteIntent.Write : RouteIntent.Read;
        await command.ScalarAsync(io);
        command.Intent = intent;
        var reader = io == Io.Sync
            ? command.ExecuteReader(CommandBehavior.CloseConnection) : await command.ExecuteReaderAsync(CommandBehavior.CloseConnection);
        Assert.Equal(ConnectionState.Open, connection.State);
        await reader.DisposeAsync();
        Assert.Equal(ConnectionState.Closed, connection.State);
        Assert.Equal([ConnectionState.Closed], changes);
        await Until.TrueAsync(() => PoolMeter.Lent() == 0, () => $"{PoolMeter.Lent()} connections of the driver are still lent.");
        await connection.OpenAsync();
        await command.ScalarAsync(io);
    }

    [Theory, InlineData(Io.Sync), InlineData(Io.Async)]
    public async Task Transaction_Everything_IsInIt(Io io)
    {
        var id = Fixture.NextId();
        await using var connection = (ClusterConnection)await Cluster.Auto.OpenAsync(io);
        await using (var transaction = await connection.BeginAsync(io))
        {
            Assert.Same(connection, transaction.Connection);
            await using var command = connection.CreateCommand();
            command.Transaction = (ClusterTransaction)transaction;
            command.CommandText = $"insert into note values ({id}, '{id}')";
            await command.ExecuteNonQueryAsync();
            (command.Intent, command.CommandText) = (RouteIntent.Read, $"select count(*) from note where id = {id}");
            Assert.Equal(1L, await command.ScalarAsync(io));
            Assert.Equal(0, await NotesAsync(id));
            await transaction.CommitAsync();
            Assert.Equal(1L, await command.ScalarAsync(io));
        }

        Assert.Equal(1, await NotesAsync(id));
    }

    [Fact]
    public async Task Transaction_BegunByAStatement_KeepsEverythingOnItsSession()
    {
        var id = Fixture.NextId();
        await using var connection = await Cluster.Auto.OpenConnectionAsync();
        await connection.RunAsync("begin", Io.Async);
        await connection.RunAsync($"insert into note values ({id}, '{id}')", Io.Async);
        await using var read = connection.CreateCommand();
        (read.Intent, read.CommandText) = (RouteIntent.Read, $"select count(*) from note where id = {id}");
        Assert.Equal(1L, await read.ExecuteScalarAsync());
        await KillAsync(await connection.BackendAsync(Io.Async));
        // What follows would be committed by itself on a session of its own.
        await Assert.ThrowsAnyAsync<DbException>(() => connection.RunAsync($"insert into note values ({id}, '{id}')", Io.Async));
        await Assert.ThrowsAnyAsync<Exception>(() => connection.RunAsync($"insert into note values ({id}, '{id}')", Io.Async));
        Assert.Equal(0, await NotesAsync(id));
        await connection.CloseAsync();
        await connection.OpenAsync();
        await connection.RunAsync($"insert into note values ({id}, '{id}')", Io.Async);
        Assert.Equal(1, await NotesAsync(id));
    }

    [Fact]
    public async Task Session_EndedBetweenCommands_IsReplaced()
    {
        await using var connection = await Cluster.Auto.OpenConnectionAsync();
        await KillAsync(await connection.BackendAsync(Io.Async));
        var id = Fixture.NextId();
        await using var command = connection.CreateCommand();
        // The first one meets it, unless the driver has noticed by itself.
        (command.CommandText, command.IsIdempotent) = ($"insert into note values ({id}, '{id}') on conflict do nothing", true);
        await EndAsync(() => command.ExecuteNonQueryAsync());
        await command.ExecuteNonQueryAsync();
        Assert.Equal((1, ConnectionState.Open), (await NotesAsync(id), connection.State));
    }

    [Theory, InlineData(Io.Sync), InlineData(Io.Async)]
    public async Task Scope_OpenedInside_CommitsWithIt(Io io)
    {
        var (kept, undone) = (Fixture.NextId(), Fixture.NextId());
        await using var connection = Cluster.Auto.CreateConnection();
        foreach (var id in new[] { kept, undone })
        {
            using (var scope = new TransactionScope(TransactionScopeAsyncFlowOption.Enabled))
            {
                await connection.OpenAsync();
                await connection.RunAsync($"insert into note values ({id}, '{id}')", io);
                await connection.CloseAsync();
                if (id == kept)
                {
                    scope.Complete();
                }
            }

            await connection.OpenAsync();
            await using var read = connection.CreateCommand();
            (read.Intent, read.CommandText) = (RouteIntent.Read, $"select count(*) from note where id = {id}");
            Assert.Equal(id == kept ? 1L : 0L, await read.ScalarAsync(io));
            await connection.CloseAsync();
        }
    }

    [Theory, InlineData(Io.Sync), InlineData(Io.Async)]
    public async Task Scope_BegunAfterTheOpen_IsNotJoined(Io io)
    {
        var id = Fixture.NextId();
        await using var connection = await Cluster.Auto.OpenConnectionAsync();
        using (new TransactionScope(io == Io.Sync ? TransactionScopeAsyncFlowOption.Suppress : TransactionScopeAsyncFlowOption.Enabled))
        {
            if (io == Io.Sync)
            {
                using var command = connection.CreateCommand();
                command.CommandText = $"insert into note values ({id}, '{id}')";
                command.ExecuteNonQuery();
            }
            else
            {
                await connection.RunAsync($"insert into note values ({id}, '{id}')", io);
            }
        }

        Assert.Equal(1, await NotesAsync(id));
    }

    [Fact]
    public async Task EnlistTransaction_OpenConnection_FollowsIt()
    {
        var id = Fixture.NextId();
        await using var connection = await Cluster.Auto.OpenConnectionAsync();
        using (var transaction = new CommittableTransaction())
        {
            connection.EnlistTransaction(transaction);
            await connection.RunAsync($"insert into note values ({id}, '{id}')", Io.Async);
            Assert.Equal(0, await NotesAsync(id));
            transaction.Commit();
        }

        Assert.Equal(1, await NotesAsync(id));
    }

    [Fact]
    public async Task Dapper_ArraysAndOpenByItself_Work()
    {
        await using var connection = Cluster.Auto.CreateConnection();
        Assert.Equal(["one", "two"], (await connection.QueryAsync<string>(
            "select name from item where id = any(@ids) order by id", new { ids = new[] { 1, 2 } })).ToArray());
        Assert.Equal(ConnectionState.Closed, connection.State);
    }

    [Fact]
    public async Task Members_ThatNeedAServer_AskThePrimary()
    {
        await using var connection = await Cluster.Auto.OpenConnectionAsync();
        Assert.Equal(("app", "orders", null), (connection.Database, connection.DataSource, connection.NodeName));
        Assert.StartsWith("1", connection.ServerVersion, StringComparison.Ordinal);
        Assert.NotEmpty((await connection.GetSchemaAsync("Tables")).Rows);
        Assert.False((bool)(await new NpgsqlCommand(InRecovery, connection.Unwrap<NpgsqlConnection>()).ExecuteScalarAsync())!);
        connection.ChangeDatabase("postgres");
        Assert.Equal("postgres", connection.Database);
        await using var command = connection.CreateCommand();
        (command.Intent, command.CommandText) = (RouteIntent.Read, "select current_database()::text");
        Assert.Equal("postgres", await command.ExecuteScalarAsync());
        await connection.CloseAsync();
        await connection.OpenAsync();
        Assert.Equal("app", await command.ExecuteScalarAsync());
    }

    [Theory, InlineData(Io.Sync), InlineData(Io.Async)]
    public async Task Prepare_OnEitherRole_RunsThere(Io io)
    {
        await using var connection = await Cluster.Auto.OpenConnectionAsync();
        foreach (var intent in new RouteIntent?[] { RouteIntent.Read, null })
        {
            await using var command = connection.CreateCommand();
            (command.CommandText, command.Intent) = ("select pg_is_in_recovery() from item where id = $1", intent);
            command.Parameters.Add(new NpgsqlParameter<int> { TypedValue = 1 });
            if (io == Io.Sync)
            {
                command.Prepare();
            }
            else
            {
                await command.PrepareAsync();
            }

            Assert.True(command.Unwrap<NpgsqlCommand>().IsPrepared);
            Assert.Equal(intent == RouteIntent.Read, await command.ScalarAsync(io));
        }
    }

    [Theory, InlineData(Io.Sync), InlineData(Io.Async)]
    public async Task Batch_Intent_RunsWhereItBelongs(Io io)
    {
        await using var batch = Cluster.Auto.CreateBatch();
        batch.BatchCommands.Add(new NpgsqlBatchCommand(InRecovery));
        Assert.Equal(false, io == Io.Sync ? batch.ExecuteScalar() : await batch.ExecuteScalarAsync());
        await using var connection = await Cluster.Auto.OpenConnectionAsync();
        await using var read = connection.CreateBatch();
        read.Intent = RouteIntent.Read;
        read.BatchCommands.Add(new NpgsqlBatchCommand(InRecovery));
        Assert.Equal(true, io == Io.Sync ? read.ExecuteScalar() : await read.ExecuteScalarAsync());
        Assert.Same(connection, read.Connection);
    }
}
