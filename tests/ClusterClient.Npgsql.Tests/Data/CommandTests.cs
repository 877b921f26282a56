using System.Data;
using System.Diagnostics;
using ClusterClient.Data;
using Npgsql;

namespace ClusterClient.Npgsql.Tests.Data;

public sealed class CommandTests(ClusterFixture fixture) : DataTest(fixture)
{
    [Theory, ClassData(typeof(EachWay))]
    public async Task Execute_CreatedOnClosedConnection_RunsOnceOpen(Face face, Io io)
    {
        await using var connection = Source(face).CreateConnection();
        await using var command = connection.Text("select $1::int + 1");
        command.Parameters.Add(new NpgsqlParameter<int> { TypedValue = 41 });
        await connection.OpenAsync(io);
        Assert.Equal(17, command.ExecuteScalar() is 42 ? command.CommandTimeout : -1);
        Assert.Equal(42, await command.ScalarAsync(io));
        Assert.Same(connection, command.Connection);
    }

    [Theory, ClassData(typeof(EachWay))]
    public async Task Execute_ConnectionReopened_RunsAgain(Face face, Io io)
    {
        await using var connection = await Source(face).OpenAsync(io);
        await using var command = connection.Text("select name from item where id = $1");
        var parameter = new NpgsqlParameter<int> { TypedValue = 1 };
        command.Parameters.Add(parameter);
        Assert.Equal("one", await command.ScalarAsync(io));
        await connection.CloseAsync(io);
        await Assert.ThrowsAsync<InvalidOperationException>(() => command.ScalarAsync(io));
        await connection.OpenAsync(io);
        parameter.TypedValue = 2;
        Assert.Equal("two", await command.ScalarAsync(io));
    }

    [Theory, ClassData(typeof(EachWay))]
    public async Task Execute_TransactionOverAndConnectionReopened_RunsAgain(Face face, Io io)
    {
        await using var connection = Source(face).CreateConnection();
        await using var command = connection.Text("select 1");
        await connection.OpenAsync(io);
        await using (var transaction = await connection.BeginAsync(io))
        {
            command.Transaction = transaction;
            await transaction.CommitAsync(io);
            Assert.Equal(1, await command.ScalarAsync(io));
        }

        await connection.CloseAsync(io);
        await connection.OpenAsync(io);
        Assert.Equal(1, await command.ScalarAsync(io));
    }

    [Theory, InlineData(Face.Bare), InlineData(Face.Cluster)]
    public async Task Transaction_AlreadyOver_RefusedAndNotKept(Face face)
    {
        await using var connection = await Source(face).OpenConnectionAsync();
        await using var command = connection.Text("select 1");
        await using var transaction = await connection.BeginTransactionAsync();
        await transaction.CommitAsync();
        Assert.Throws<InvalidOperationException>(() => command.Transaction = transaction);
        Assert.Null(command.Transaction);
    }

    [Theory, ClassData(typeof(EachWay))]
    public async Task Connection_SetToAnother_RunsThereWithoutTheTransaction(Face face, Io io)
    {
        await using var first = await Source(face).OpenAsync(io);
        await using var second = await Source(face).OpenAsync(io);
        await using var transaction = await first.BeginAsync(io);
        await using var command = first.Text("select pg_backend_pid()");
        command.Transaction = transaction;
        command.Connection = second;
        Assert.Null(command.Transaction);
        Assert.Equal(await second.BackendAsync(io), await command.ScalarAsync(io));
        command.Connection = null;
        await Assert.ThrowsAsync<InvalidOperationException>(() => command.ScalarAsync(io));
    }

    [Theory, ClassData(typeof(EachWay))]
    public async Task Connection_SetWhileReaderIsOpen_InvalidOperation(Face face, Io io)
    {
        await using var first = await Source(face).OpenAsync(io);
        await using var second = Source(face).CreateConnection();
        await using var command = first.Text("select 1");
        await using var reader = await command.ReaderAsync(io);
        Assert.Throws<InvalidOperationException>(() => command.Connection = second);
        Assert.Same(first, command.Connection);
    }

    [Fact]
    public async Task Connection_DriversOwn_ArgumentThatNamesIt()
    {
        await using var command = Cluster.CreateConnection().CreateCommand();
        await using var bare = Fixture.Bare.CreateConnection();
        Assert.Contains("NpgsqlConnection", Assert.Throws<ArgumentException>(() => command.Connection = bare).Message);
    }

    [Theory, InlineData(Io.Sync), InlineData(Io.Async)]
    public Task Execute_WithoutConnection_FailsAsDriver(Io io) => SameAsync(async source =>
    {
        await using var connection = source.CreateConnection();
        var factory = System.Data.Common.DbProviderFactories.GetFactory(connection)!;
        await using var command = factory.CreateCommand()!;
        command.CommandText = "select 1";
        return [await EndAsync(() => command.ScalarAsync(io)), await StartAndEndAsync(command.ExecuteScalarAsync)];
    });

    [Theory, InlineData(Io.Sync), InlineData(Io.Async)]
    public Task Execute_Disposed_FailsAsDriver(Io io) => SameAsync(async source =>
    {
        await using var connection = await source.OpenAsync(io);
        var command = connection.Text("select 1");
        await command.DisposeAsync(io);
        return [await EndAsync(() => command.ScalarAsync(io))];
    });

    [Theory, InlineData(Io.Sync), InlineData(Io.Async)]
    public Task CommandTimeout_Passes_FailsAsDriver(Io io) => SameAsync(async source =>
    {
        await using var connection = await source.OpenAsync(io);
        await using var command = connection.Text("select pg_sleep(30)");
        command.CommandTimeout = 1;
        var failure = await Assert.ThrowsAsync<NpgsqlException>(() => command.ScalarAsync(io));
        return
        [
            $"{failure.InnerException?.GetType().Name}", $"{failure.IsTransient}", $"{connection.State}",
            $"{await connection.ValueAsync<int>("select 1", io)}",
        ];
    });

    [Fact]
    public Task ExecuteAsync_TokenCancelled_FailsAsDriverAndStaysUsable() => SameAsync(async source =>
    {
        await using var connection = await source.OpenConnectionAsync();
        var backend = await connection.BackendAsync();
        using var cancel = new CancellationTokenSource();
        await using var command = connection.Text("select pg_sleep(30)");
        var running = command.ExecuteScalarAsync(cancel.Token);
        await SleepsAsync(backend);
        await cancel.CancelAsync();
        var failure = await Assert.ThrowsAnyAsync<OperationCanceledException>(() => running);
        Assert.Equal(cancel.Token, failure.CancellationToken);
        return
        [
            failure.GetType().Name, $"{failure.InnerException?.GetType().Name}", $"{running.Status}", $"{connection.State}",
            $"{await connection.BackendAsync() == backend}",
        ];
    });

    [Fact]
    public Task ExecuteAsync_TokenCancelledBefore_FailsAsDriver() => SameAsync(async source =>
    {
        await using var connection = await source.OpenConnectionAsync();
        await using var command = connection.Text("select 1");
        return
        [
            await StartAndEndAsync(() => command.ExecuteScalarAsync(new(true))),
            $"{await command.ExecuteScalarAsync()}",
        ];
    });

    [Theory, InlineData(Io.Sync), InlineData(Io.Async)]
    public Task Cancel_WhileRunning_FailsAsDriverAndStaysUsable(Io io) => SameAsync(async source =>
    {
        await using var connection = await source.OpenAsync(io);
        var backend = await connection.BackendAsync(io);
        await using var command = connection.Text("select pg_sleep(30)");
        command.Cancel();
        var running = Task.Run(() => command.ScalarAsync(io));
        await SleepsAsync(backend);
        command.Cancel();
        var failure = await Assert.ThrowsAnyAsync<Exception>(() => running);
        var root = (PostgresException)(failure as PostgresException ?? failure.InnerException!);
        return [failure.GetType().Name, root.SqlState, $"{connection.State}", $"{await connection.BackendAsync(io) == backend}"];
    });

    [Theory, ClassData(typeof(EachWay))]
    public async Task Prepare_Reopened_RunsPreparedAndAfterwards(Face face, Io io)
    {
        await using var connection = await Source(face).OpenAsync(io);
        await using var command = connection.Text("select 1000 + $1");
        command.Parameters.Add(new NpgsqlParameter<int> { TypedValue = 1 });
        await command.PrepareAsync(io);
        Assert.Equal(1L, await connection.ValueAsync<long>(
            "select count(*) from pg_prepared_statements where statement = 'select 1000 + $1'", io));
        Assert.Equal(1001, await command.ScalarAsync(io));
        await connection.CloseAsync(io);
        await connection.OpenAsync(io);
        Assert.Equal(1001, await command.ScalarAsync(io));
    }

    [Fact]
    public async Task Prepare_OnCluster_DriversCommandIsPrepared()
    {
        await using var connection = await Cluster.OpenConnectionAsync();
        await using var command = connection.CreateCommand();
        command.CommandText = "select 2";
        Assert.False(command.Unwrap<NpgsqlCommand>().IsPrepared);
        await command.PrepareAsync();
        Assert.True(command.Unwrap<NpgsqlCommand>().IsPrepared);
    }

    [Theory, InlineData(Io.Sync), InlineData(Io.Async)]
    public async Task Execute_AutoPreparing_PreparedOnEachConnection(Io io)
    {
        await using var cluster = Fixture.NewCluster("Max Auto Prepare=5;Auto Prepare Min Usages=2");
        await using var first = await cluster.OpenAsync(io);
        await using var second = await cluster.OpenAsync(io);
        Assert.NotEqual(await first.BackendAsync(io), await second.BackendAsync(io));
        foreach (var connection in new[] { first, second, first, second })
        {
            for (var i = 0; i < 3; i++)
            {
                Assert.Equal(2000, await connection.ValueAsync<int>("select 2000", io));
            }
        }

        foreach (var connection in new[] { first, second })
        {
            Assert.Equal(1L, await connection.ValueAsync<long>(
                "select count(*) from pg_prepared_statements where statement = 'select 2000'", io));
        }
    }

    [Fact]
    public async Task Unwrap_CommandBatchTransactionConnection_DriversOwn()
    {
        await using var connection = await Cluster.OpenConnectionAsync();
        await using var transaction = await connection.BeginTransactionAsync();
        await using var command = connection.CreateCommand();
        await using var batch = connection.CreateBatch();
        var native = connection.Unwrap<NpgsqlConnection>();
        Assert.Same(native, command.Unwrap<NpgsqlCommand>().Connection);
        Assert.Same(native, batch.Unwrap<NpgsqlBatch>().Connection);
        Assert.Same(native, transaction.Unwrap<NpgsqlTransaction>().Connection);
        Assert.Throws<InvalidCastException>(connection.Unwrap<ClusterConnection>);
        Assert.Throws<InvalidCastException>(command.Unwrap<ClusterCommand>);
        Assert.Throws<InvalidCastException>(batch.Unwrap<ClusterBatch>);
        Assert.Throws<InvalidCastException>(transaction.Unwrap<ClusterTransaction>);
        await connection.CloseAsync();
        Assert.Throws<InvalidOperationException>(connection.Unwrap<NpgsqlConnection>);
    }

    [Theory, InlineData(Face.Bare), InlineData(Face.Cluster)]
    public async Task Settings_Set_KeptByTheDriversCommand(Face face)
    {
        await using var connection = await Source(face).OpenConnectionAsync();
        await using var command = connection.CreateCommand();
        Assert.Equal(("", 17, CommandType.Text, UpdateRowSource.Both), (
            command.CommandText, command.CommandTimeout, command.CommandType, command.UpdatedRowSource));
        command.CommandText = null;
        command.CommandTimeout = 3;
        command.CommandType = CommandType.StoredProcedure;
        command.UpdatedRowSource = UpdateRowSource.None;
        command.DesignTimeVisible = true;
        Assert.Equal(("", 3, CommandType.StoredProcedure, UpdateRowSource.None, true), (
            command.CommandText, command.CommandTimeout, command.CommandType, command.UpdatedRowSource, command.DesignTimeVisible));
        Assert.Throws<ArgumentOutOfRangeException>(() => command.CommandTimeout = -1);
    }

    private Task SleepsAsync(int backend) => Until.TrueAsync(
        async () =>
        {
            await using var look = Fixture.Bare.CreateCommand(
                $"select count(*) from pg_stat_activity where pid = {backend} and wait_event = 'PgSleep'");
            return (long)(await look.ExecuteScalarAsync())! == 1;
        },
        () => $"Backend {backend} does not sleep.");
}
