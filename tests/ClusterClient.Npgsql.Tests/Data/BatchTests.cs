using System.Data;
using System.Data.Common;
using ClusterClient.Data;
using Npgsql;

namespace ClusterClient.Npgsql.Tests.Data;

public sealed class BatchTests(ClusterFixture fixture) : DataTest(fixture)
{
    [Theory, ClassData(typeof(EachWay))]
    public async Task ExecuteReader_Mixed_AllResultsAndRecords(Face face, Io io)
    {
        var (one, two) = (Fixture.NextId(), Fixture.NextId());
        await using var connection = await Source(face).OpenAsync(io);
        await using var batch = connection.CreateBatch();
        Add(batch, "insert into note values ($1, $2), ($3, $4)", one, $"a{one}", two, $"b{two}");
        Add(batch, "select body from note where id = $1", two);
        Add(batch, "delete from note where id = $1", one);
        Add(batch, "select count(*) from note where id in ($1, $2)", one, two);
        await using (var reader = Assert.IsType<NpgsqlDataReader>(await batch.ReaderAsync(io)))
        {
            Assert.True(await reader.ReadAsync(io));
            Assert.Equal($"b{two}", reader.GetString(0));
            Assert.True(await reader.NextResultAsync(io));
            Assert.True(await reader.ReadAsync(io));
            Assert.Equal(1L, reader.GetInt64(0));
            Assert.False(await reader.NextResultAsync(io));
        }

        Assert.Equal([2, -1, 1, -1], batch.BatchCommands.Select(c => c.RecordsAffected));
        Assert.All(batch.BatchCommands, c => Assert.IsType<NpgsqlBatchCommand>(c));
    }

    [Theory, ClassData(typeof(EachWay))]
    public async Task ExecuteNonQuery_InTransaction_RolledBackWithIt(Face face, Io io)
    {
        var id = Fixture.NextId();
        await using var connection = await Source(face).OpenAsync(io);
        await using var transaction = await connection.BeginAsync(io);
        await using var batch = connection.CreateBatch();
        batch.Transaction = transaction;
        Assert.Same(transaction, batch.Transaction);
        Add(batch, "insert into note values ($1, $2)", id, $"{id}");
        Add(batch, "update note set body = $2 where id = $1", id, $"again {id}");
        Assert.Equal(2, await batch.NonQueryAsync(io));
        Assert.Equal($"again {id}", await connection.ValueAsync<string>($"select body from note where id = {id}", io));
        await transaction.RollbackAsync(io);
        Assert.Equal(0, await NotesAsync(id));
    }

    [Theory, ClassData(typeof(EachWay))]
    public async Task Execute_CreatedClosedAndReopened_RunsEachTime(Face face, Io io)
    {
        await using var connection = Source(face).CreateConnection();
        await using var batch = connection.CreateBatch();
        batch.Timeout = 5;
        Add(batch, "select $1 + 1", 1);
        for (var i = 0; i < 2; i++)
        {
            await connection.OpenAsync(io);
            Assert.Equal(2, await batch.ScalarAsync(io));
            await connection.CloseAsync(io);
        }

        Assert.Equal(5, batch.Timeout);
        Assert.Same(connection, batch.Connection);
    }

    [Theory, ClassData(typeof(EachWay))]
    public async Task Prepare_OpenConnection_RunsPrepared(Face face, Io io)
    {
        await using var connection = await Source(face).OpenAsync(io);
        await using var batch = connection.CreateBatch();
        Add(batch, "select 3000 + $1", 1);
        if (io == Io.Sync)
        {
            batch.Prepare();
        }
        else
        {
            await batch.PrepareAsync();
        }

        Assert.Equal(1L, await connection.ValueAsync<long>(
            "select count(*) from pg_prepared_statements where statement = 'select 3000 + $1'", io));
        Assert.Equal(3001, await batch.ScalarAsync(io));
    }

    [Theory, ClassData(typeof(EachWay))]
    public async Task Connection_SetToAnother_RunsThere(Face face, Io io)
    {
        await using var first = await Source(face).OpenAsync(io);
        await using var second = await Source(face).OpenAsync(io);
        await using var batch = first.CreateBatch();
        Add(batch, "select pg_backend_pid()");
        batch.Connection = second;
        Assert.Equal(await second.BackendAsync(io), await batch.ScalarAsync(io));
    }

    [Theory, InlineData(Io.Sync), InlineData(Io.Async)]
    public Task Execute_OneFails_FailsAsDriver(Io io) => SameAsync(async source =>
    {
        var id = Fixture.NextId();
        await using var connection = await source.OpenAsync(io);
        await using var batch = connection.CreateBatch();
        Add(batch, "insert into note values ($1, $2)", id, $"{id}");
        Add(batch, "select 1 / 0");
        var failure = await Assert.ThrowsAsync<PostgresException>(() => batch.NonQueryAsync(io));
        Assert.Same(batch.BatchCommands[1], failure.BatchCommand);
        return [failure.SqlState, $"{await NotesAsync(id)}", $"{connection.State}"];
    });

    [Theory, ClassData(typeof(EachWay))]
    public async Task ExecuteReader_CloseConnection_Closes(Face face, Io io)
    {
        await using var connection = await Source(face).OpenAsync(io);
        await using var batch = connection.CreateBatch();
        Add(batch, "select 1");
        await (await batch.ReaderAsync(io, CommandBehavior.CloseConnection)).DisposeAsync(io);
        Assert.Equal(ConnectionState.Closed, connection.State);
    }

    [Fact]
    public async Task Unwrap_ErrorBarriers_HaveTheirEffect()
    {
        var id = Fixture.NextId();
        await using var connection = await Cluster.OpenConnectionAsync();
        await using var batch = connection.CreateBatch();
        batch.Unwrap<NpgsqlBatch>().EnableErrorBarriers = true;
        Add(batch, "insert into note values ($1, $2)", id, $"{id}");
        Add(batch, "select 1 / 0");
        await Assert.ThrowsAsync<PostgresException>(() => batch.ExecuteNonQueryAsync());
        Assert.Equal(1, await NotesAsync(id));
    }

    private static void Add(DbBatch batch, string sql, params object[] values)
    {
        var command = batch.CreateBatchCommand();
        command.CommandText = sql;
        foreach (var value in values)
        {
            command.Parameters.Add(new NpgsqlParameter { Value = value });
        }

        batch.BatchCommands.Add(command);
    }
}
