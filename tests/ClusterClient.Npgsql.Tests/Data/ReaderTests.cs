using System.Data;
using Npgsql;

namespace ClusterClient.Npgsql.Tests.Data;

public sealed class ReaderTests(ClusterFixture fixture) : DataTest(fixture)
{
    [Theory, ClassData(typeof(EachWay))]
    public async Task ExecuteReader_AnyCommand_IsTheDriversReader(Face face, Io io)
    {
        await using var connection = await Source(face).OpenAsync(io);
        await using var command = connection.Text("select id, name, tags from item order by id");
        await using var reader = Assert.IsType<NpgsqlDataReader>(await command.ReaderAsync(io));
        Assert.True(await reader.ReadAsync(io));
        Assert.Equal((1, "one", "a"), (reader.GetInt32(0), reader.GetString(1), reader.GetFieldValue<string[]>(2).Single()));
    }

    [Theory, ClassData(typeof(EachWay))]
    public async Task ExecuteReader_SeveralResults_AllRead(Face face, Io io)
    {
        await using var connection = await Source(face).OpenAsync(io);
        await using var command = connection.Text("select 1; select 2, 3; select 4 where false");
        await using var reader = await command.ReaderAsync(io);
        Assert.Equal(1, reader.FieldCount);
        Assert.True(await reader.NextResultAsync(io));
        Assert.True(await reader.ReadAsync(io));
        Assert.Equal(3, reader[1]);
        Assert.True(await reader.NextResultAsync(io));
        Assert.False(reader.HasRows);
        Assert.False(await reader.NextResultAsync(io));
    }

    [Theory, ClassData(typeof(EachWay))]
    public async Task ExecuteReader_SingleRow_ReadsOne(Face face, Io io)
    {
        await using var connection = await Source(face).OpenAsync(io);
        await using var command = connection.Text("select id from item order by id");
        await using var reader = await command.ReaderAsync(io, CommandBehavior.SingleRow);
        Assert.True(await reader.ReadAsync(io));
        Assert.False(await reader.ReadAsync(io));
    }

    [Theory, ClassData(typeof(EachWay))]
    public async Task ExecuteReader_SequentialAccess_OnlyForward(Face face, Io io)
    {
        await using var connection = await Source(face).OpenAsync(io);
        await using var command = connection.Text("select 1, repeat('x', 1000000)");
        await using var reader = await command.ReaderAsync(io, CommandBehavior.SequentialAccess);
        Assert.True(await reader.ReadAsync(io));
        using var text = reader.GetTextReader(1);
        Assert.Equal(1_000_000, (io == Io.Sync ? text.ReadToEnd() : await text.ReadToEndAsync()).Length);
        Assert.Throws<InvalidOperationException>(() => reader.GetInt32(0));
    }

    [Theory, ClassData(typeof(EachWay))]
    public async Task ExecuteReader_LargeResultLeftEarly_ConnectionUsable(Face face, Io io)
    {
        await using var connection = await Source(face).OpenAsync(io);
        await using var command = connection.Text("select n, repeat('x', 100) from generate_series(1, 100000) as n");
        var reader = await command.ReaderAsync(io);
        for (var i = 1; i <= 10; i++)
        {
            Assert.True(await reader.ReadAsync(io));
            Assert.Equal(i, reader.GetInt32(0));
        }

        await reader.DisposeAsync(io);
        Assert.Equal(1, await connection.ValueAsync<int>("select 1", io));
    }

    [Theory, ClassData(typeof(EachWay))]
    public async Task Close_WithReaderOpen_ClosesTheReader(Face face, Io io)
    {
        await using var connection = await Source(face).OpenAsync(io);
        await using var command = connection.Text("select generate_series(1, 1000)");
        var reader = await command.ReaderAsync(io);
        Assert.True(await reader.ReadAsync(io));
        await connection.CloseAsync(io);
        Assert.True(reader.IsClosed);
        Assert.Equal(ConnectionState.Closed, connection.State);
        await connection.OpenAsync(io);
        await using var again = await command.ReaderAsync(io);
        Assert.True(await again.ReadAsync(io));
    }

    [Theory, ClassData(typeof(EachWay))]
    public async Task ExecuteReader_AnotherReaderOpen_InProgress(Face face, Io io)
    {
        await using var connection = await Source(face).OpenAsync(io);
        await using var command = connection.Text("select 1");
        await using var other = connection.Text("select 2");
        await using (await command.ReaderAsync(io))
        {
            await Assert.ThrowsAsync<NpgsqlOperationInProgressException>(() => other.ReaderAsync(io));
        }

        Assert.Equal(2, await other.ScalarAsync(io));
    }

    [Theory, InlineData(Io.Sync), InlineData(Io.Async)]
    public Task CloseConnection_ReaderDisposed_ClosesAsDriver(Io io) => SameAsync(async source =>
    {
        var account = new List<string>();
        await using var connection = source.CreateConnection();
        connection.StateChange += (_, e) => account.Add($"{e.CurrentState}");
        for (var i = 0; i < 2; i++)
        {
            await connection.OpenAsync(io);
            await using var command = connection.Text("select 1");
            await using (var reader = await command.ReaderAsync(io, CommandBehavior.CloseConnection))
            {
                await reader.ReadAsync(io);
                account.Add($"{connection.State}");
            }

            account.Add($"{connection.State}");
        }

        return account;
    });

    [Theory, ClassData(typeof(EachWay))]
    public async Task CloseConnection_NobodyListens_ClosesAndCanReopen(Face face, Io io)
    {
        await using var connection = await Source(face).OpenAsync(io);
        await using var command = connection.Text("select 1");
        for (var i = 0; i < 2; i++)
        {
            var reader = await command.ReaderAsync(io, CommandBehavior.CloseConnection | CommandBehavior.SequentialAccess);
            await reader.DisposeAsync(io);
            Assert.Equal(ConnectionState.Closed, connection.State);
            Assert.Equal((0, 0), (PoolMeter.Lent(), InFlight()));
            await connection.OpenAsync(io);
        }

        // A later reader that was not asked to does not close it.
        await (await command.ReaderAsync(io)).DisposeAsync(io);
        Assert.Equal(ConnectionState.Open, connection.State);
    }

    [Theory, InlineData(Io.Sync), InlineData(Io.Async)]
    public Task CloseConnection_ExecutionFails_ClosesAsDriver(Io io) => SameAsync(async source =>
    {
        await using var connection = await source.OpenAsync(io);
        await using var command = connection.Text("select 1 / 0");
        var failure = await EndAsync(() => command.ReaderAsync(io, CommandBehavior.CloseConnection));
        var state = connection.State;
        await connection.OpenAsync(io);
        command.CommandText = "select 5";
        return [failure, $"{state}", $"{await command.ScalarAsync(io)}"];
    });

    [Theory, ClassData(typeof(EachWay))]
    public async Task DataTable_Loaded_HasSchemaAndRows(Face face, Io io)
    {
        await using var connection = await Source(face).OpenAsync(io);
        await using var command = connection.Text("select id, name from item order by id");
        using var table = new DataTable();
        table.Load(await command.ReaderAsync(io, CommandBehavior.CloseConnection));
        Assert.Equal([typeof(int), typeof(string)], table.Columns.Cast<DataColumn>().Select(c => c.DataType));
        Assert.Equal(["one", "two", "three"], table.Rows.Cast<DataRow>().Select(r => r["name"]));
        Assert.Equal(ConnectionState.Closed, connection.State);
    }
}
