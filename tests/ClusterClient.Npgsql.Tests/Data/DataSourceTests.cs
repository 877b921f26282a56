using System.Data;
using System.Data.Common;
using ClusterClient.Data;
using Npgsql;

namespace ClusterClient.Npgsql.Tests.Data;

public sealed class DataSourceTests(ClusterFixture fixture) : DataTest(fixture)
{
    [Theory, ClassData(typeof(EachWay))]
    public async Task CreateCommand_EachExecution_OpensAndCloses(Face face, Io io)
    {
        var id = Fixture.NextId();
        await using var insert = Source(face).CreateCommand($"insert into note values ({id}, '{id}')");
        Assert.Equal(1, await insert.NonQueryAsync(io));
        await using var select = Source(face).CreateCommand("select $1 + 1");
        select.Parameters.Add(new NpgsqlParameter<int> { TypedValue = 1 });
        for (var i = 0; i < 2; i++)
        {
            Assert.Equal(2, await select.ScalarAsync(io));
            Assert.Equal(0, PoolMeter.Lent());
            await using var reader = Assert.IsType<NpgsqlDataReader>(await select.ReaderAsync(io));
            Assert.True(await reader.ReadAsync(io));
            Assert.Equal(1, PoolMeter.Lent());
        }

        Assert.Equal(0, PoolMeter.Lent());
        select.CommandText = "select 1 / 0";
        select.Parameters.Clear();
        await Assert.ThrowsAsync<PostgresException>(() => select.ReaderAsync(io));
        Assert.Equal(0, PoolMeter.Lent());
    }

    [Theory, ClassData(typeof(EachWay))]
    public async Task CreateBatch_EachExecution_OpensAndCloses(Face face, Io io)
    {
        await using var batch = (face == Face.Bare ? Fixture.Bare : (DbDataSource)Cluster).CreateBatch();
        foreach (var sql in new[] { "select 1", "select 2" })
        {
            var command = batch.CreateBatchCommand();
            command.CommandText = sql;
            batch.BatchCommands.Add(command);
        }

        for (var i = 0; i < 2; i++)
        {
            Assert.Equal(1, await batch.ScalarAsync(io));
            await using var reader = await batch.ReaderAsync(io);
            Assert.True(await reader.NextResultAsync(io));
            Assert.True(await reader.ReadAsync(io));
            Assert.Equal(2, reader[0]);
        }

        Assert.Equal(-1, await batch.NonQueryAsync(io));
        Assert.Equal(0, PoolMeter.Lent());
        batch.BatchCommands[1].CommandText = "select 1 / 0";
        await Assert.ThrowsAsync<PostgresException>(() => batch.NonQueryAsync(io));
        Assert.Equal(0, PoolMeter.Lent());
        Assert.Throws<NotSupportedException>(() => batch.Connection);
        Assert.Throws<NotSupportedException>(() => batch.Transaction = null);
        Assert.Throws<NotSupportedException>(batch.Prepare);
    }

    [Theory, InlineData(Face.Bare), InlineData(Face.Cluster)]
    public async Task CreateBatch_FactorysCommands_Run(Face face)
    {
        await using var batch = Source(face).CreateBatch();
        batch.BatchCommands.Add(new NpgsqlBatchCommand("select 6"));
        Assert.Equal(6, await batch.ExecuteScalarAsync());
    }

    [Theory, InlineData(Io.Sync), InlineData(Io.Async)]
    public async Task Reads_CommandBatchAndConnection_RunOnTheReplica(Io io)
    {
        const string Sql = "select pg_is_in_recovery()";
        await using var command = Cluster.Reads.CreateCommand(Sql);
        Assert.Equal(true, await command.ScalarAsync(io));
        await using var batch = Cluster.Reads.CreateBatch();
        var one = batch.CreateBatchCommand();
        one.CommandText = Sql;
        batch.BatchCommands.Add(one);
        Assert.Equal(true, await batch.ScalarAsync(io));
        await using var connection = await Cluster.Reads.OpenAsync(io);
        Assert.True(await connection.ValueAsync<bool>(Sql, io));
        var refused = await Assert.ThrowsAsync<PostgresException>(() => connection.RunAsync("insert into note values (0, '')", io));
        Assert.Equal(PostgresErrorCodes.ReadOnlySqlTransaction, refused.SqlState);
    }

    [Theory, InlineData(Face.Bare), InlineData(Face.Cluster)]
    public async Task OpenConnection_ManyThreads_EachOnItsOwn(Face face)
    {
        // Callers with threads of their own and asynchronous ones share the pools, which are smaller than their number.
        var source = Source(face);
        var wrong = 0;
        var threads = Enumerable.Range(0, 16).Select(_ => new Thread(() =>
        {
            for (var n = 0; n < 25; n++)
            {
                using var connection = View(n).OpenConnection();
                using var command = Doubling(connection, n);
                Interlocked.Add(ref wrong, command.ExecuteScalar() is int doubled && doubled == n * 2 ? 0 : 1);
            }
        })).ToList();
        threads.ForEach(thread => thread.Start());
        await Parallel.ForAsync(0, 400, new ParallelOptions { MaxDegreeOfParallelism = 32 }, async (n, ct) =>
        {
            await using var connection = await View(n).OpenConnectionAsync(ct);
            await using var command = Doubling(connection, n);
            Assert.Equal(n * 2, await command.ExecuteScalarAsync(ct));
        });
        threads.ForEach(thread => thread.Join());
        Assert.Equal(0, wrong);

        DbDataSource View(int n) => n % 3 == 0 && face == Face.Cluster ? Cluster.Reads : source;

        static DbCommand Doubling(DbConnection connection, int n)
        {
            var command = connection.Text("select $1 * 2");
            command.Parameters.Add(new NpgsqlParameter<int> { TypedValue = n });
            return command;
        }
    }

    [Theory, InlineData(Io.Sync), InlineData(Io.Async)]
    public Task ConstraintViolated_AnyCommand_DriversExceptionAndStack(Io io) => SameAsync(async source =>
    {
        await using var connection = await source.OpenAsync(io);
        var failure = await Assert.ThrowsAsync<PostgresException>(
            () => connection.RunAsync("insert into item values (1, 'again', '{}')", io));
        // From where the driver read the error off the wire.
        Assert.Contains("NpgsqlConnector", failure.StackTrace);
        return
        [
            failure.SqlState, $"{failure.ConstraintName}", $"{failure.Detail}", $"{failure.IsTransient}",
            $"{connection.State}", $"{await connection.ValueAsync<int>("select 1", io)}",
        ];
    });

    [Theory, InlineData(CommandBehavior.Default), InlineData(CommandBehavior.CloseConnection)]
    public async Task Execute_BackendKilled_NodeIsDoubted(CommandBehavior behavior)
    {
        await using var connection = await Cluster.OpenConnectionAsync();
        await KillAsync(await connection.BackendAsync());
        var before = Cluster.Topology;
        await using var command = connection.Text("select 1");
        await Assert.ThrowsAsync<PostgresException>(() => command.ReaderAsync(Io.Async, behavior));
        var after = await before.Next.WaitAsync(TimeSpan.FromSeconds(5));
        Assert.Equal(["eu-1"], after.Nodes.Where(n => n.IsDoubted).Select(n => n.Endpoint.Name));
        Assert.Equal(ConnectionState.Closed, connection.State);
    }

    [Fact]
    public async Task OpenConnection_IdleInPoolAndKilled_FailsOnceAsDriverThenWorks() => await SameAsync(async source =>
    {
        int backend;
        await using (var connection = await source.OpenConnectionAsync())
        {
            backend = await connection.BackendAsync();
        }

        await KillAsync(backend);
        var failures = 0;
        for (var i = 0; i < ClusterFixture.PoolSize; i++)
        {
            await using var connection = await source.OpenConnectionAsync();
            failures += await EndAsync(() => connection.BackendAsync()) == "ends well" ? 0 : 1;
        }

        return [$"{failures <= 1}"];
    });

    [Fact]
    public async Task Connection_OfAnyView_IsADbConnectionOfItsOwnClass()
    {
        await using var connection = ((DbDataSource)Cluster).CreateConnection();
        Assert.IsType<ClusterConnection>(connection, exactMatch: false);
        Assert.IsType<ClusterCommand>(connection.CreateCommand());
        Assert.IsType<ClusterBatch>(connection.CreateBatch());
    }
}
