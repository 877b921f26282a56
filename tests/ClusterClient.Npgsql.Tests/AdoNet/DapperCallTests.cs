using System.Data;
using System.Data.Common;
using ClusterClient.Npgsql.Tests.Data;
using Dapper;

namespace ClusterClient.Npgsql.Tests.AdoNet;

/// <summary>Dapper's less usual calls.</summary>
public sealed class DapperCallTests(ClusterFixture fixture) : DataTest(fixture)
{
    [Theory, ClassData(typeof(EachWay))]
    public async Task StoredProcedure_DynamicParameters_OutputsFilled(Face face, Io io)
    {
        await using var connection = Source(face).CreateConnection();
        var parameters = new DynamicParameters(new { step = 2 });
        parameters.Add("total", 40, DbType.Int32, ParameterDirection.InputOutput);
        _ = io == Io.Sync
            ? connection.Execute("raise_by", parameters, commandType: CommandType.StoredProcedure)
            : await connection.ExecuteAsync("raise_by", parameters, commandType: CommandType.StoredProcedure);
        Assert.Equal(42, parameters.Get<int>("total"));
    }

    [Theory, ClassData(typeof(EachWay))]
    public async Task Function_SelectedFrom_MapsColumns(Face face, Io io)
    {
        await using var connection = Source(face).CreateConnection();
        const string Sql = "select * from swapped(@a, @b)";
        var parameters = new DynamicParameters();
        parameters.AddDynamicParams(new { a = 1, b = 2 });
        var row = io == Io.Sync
            ? connection.QueryFirst<(int, int)>(Sql, parameters)
            : await connection.QueryFirstAsync<(int, int)>(Sql, parameters);
        Assert.Equal((2, 1), row);
    }

    [Theory, ClassData(typeof(EachWay))]
    public async Task ExecuteReader_IntoDataTable_HasAllRows(Face face, Io io)
    {
        await using var connection = Source(face).CreateConnection();
        using var table = new DataTable();
        const string Sql = "select id, name from item order by id";
        using (var reader = io == Io.Sync ? connection.ExecuteReader(Sql) : await connection.ExecuteReaderAsync(Sql))
        {
            table.Load(reader);
        }

        Assert.Equal(["one", "two", "three"], table.Rows.Cast<DataRow>().Select(r => r["name"]));
        Assert.Equal(ConnectionState.Closed, connection.State);
    }

    [Theory, InlineData(Face.Bare), InlineData(Face.Cluster)]
    public async Task QueryUnbuffered_InTransaction_SeesItsRows(Face face)
    {
        var id = Fixture.NextId();
        await using var connection = await Source(face).OpenConnectionAsync();
        await using var transaction = await connection.BeginTransactionAsync();
        await connection.ExecuteAsync("insert into note values (@id, @body)", new { id, body = $"{id}" }, transaction);
        var found = new List<long>();
        await foreach (var note in connection.QueryUnbufferedAsync<long>("select id from note where id = @id", new { id }, transaction))
        {
            found.Add(note);
        }

        await transaction.CommitAsync();
        Assert.Equal([id], found);
        Assert.Equal(1, await NotesAsync(id));
    }

    [Theory, InlineData(Io.Sync), InlineData(Io.Async)]
    public Task CommandTimeout_Passes_EndsAsDriver(Io io) => SameAsync(async source =>
    {
        await using var connection = source.CreateConnection();
        const string Sql = "select pg_sleep(30)";
        return
        [
            await EndAsync(() => io == Io.Sync
                ? Task.Run(() => connection.Execute(Sql, commandTimeout: 1))
                : connection.ExecuteAsync(Sql, commandTimeout: 1)),
            $"{connection.State}",
        ];
    });

    [Fact]
    public Task CommandDefinition_TokenCancelled_EndsAsDriver() => SameAsync(async source =>
    {
        await using var connection = source.CreateConnection();
        using var cancellation = new CancellationTokenSource();
        var query = connection.QueryAsync<int>(new CommandDefinition("select pg_sleep(30)", cancellationToken: cancellation.Token));
        await Until.TrueAsync(() => connection.State == ConnectionState.Open, () => "Dapper did not open the connection.");
        await cancellation.CancelAsync();
        return [await EndAsync(() => query), $"{connection.State}"];
    });

    [Theory, InlineData(Io.Sync), InlineData(Io.Async)]
    public async Task Query_OnReads_RunsOnTheReplica(Io io)
    {
        await using DbConnection connection = Cluster.Reads.CreateConnection();
        const string Sql = "select pg_is_in_recovery()";
        Assert.True(io == Io.Sync ? connection.QuerySingle<bool>(Sql) : await connection.QuerySingleAsync<bool>(Sql));
    }

    [Fact]
    public async Task Execute_InExecuteInTransaction_IsOfIt()
    {
        var id = Fixture.NextId();
        await Assert.ThrowsAsync<OperationCanceledException>(() => Cluster.ExecuteInTransactionAsync(async (db, _) =>
        {
            await db.ExecuteAsync("insert into note values (@id, @body)", new { id, body = $"{id}" });
            Assert.Equal(1, await db.ExecuteScalarAsync<int>("select count(*) from note where id = @id", new { id }));
            throw new OperationCanceledException();
        }));
        Assert.Equal(0, await NotesAsync(id));
    }

    [Theory, InlineData(Face.Bare), InlineData(Face.Cluster)]
    public async Task Execute_ArraysAsColumns_InsertManyRowsAtOnce(Face face)
    {
        var ids = new[] { Fixture.NextId(), Fixture.NextId() };
        await using var connection = Source(face).CreateConnection();
        var rows = new { ids, bodies = ids.Select(i => $"{i}").ToArray() };
        Assert.Equal(2, await connection.ExecuteAsync("insert into note select * from unnest(@ids, @bodies)", rows));
        Assert.Equal((1, 1), (await NotesAsync(ids[0]), await NotesAsync(ids[1])));
    }
}
