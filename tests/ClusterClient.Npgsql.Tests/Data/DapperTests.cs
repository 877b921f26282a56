using System.Data;
using System.Data.Common;
using Dapper;

namespace ClusterClient.Npgsql.Tests.Data;

/// <summary>Dapper looks at the connection's class name; what it does then must be the same on both.</summary>
public sealed class DapperTests(ClusterFixture fixture) : DataTest(fixture)
{
    [Theory, ClassData(typeof(EachWay))]
    public async Task Query_ClosedConnection_OpensAndCloses(Face face, Io io)
    {
        await using var connection = Source(face).CreateConnection();
        const string Sql = "select id, name from item order by id";
        var items = (io == Io.Sync ? connection.Query<Item>(Sql) : await connection.QueryAsync<Item>(Sql)).ToList();
        Assert.Equal([new(1, "one"), new(2, "two"), new(3, "three")], items);
        Assert.Equal(ConnectionState.Closed, connection.State);
        Assert.Equal(0, PoolMeter.Lent());
    }

    [Theory, ClassData(typeof(EachWay))]
    public async Task Query_Fails_Closes(Face face, Io io)
    {
        await using var connection = Source(face).CreateConnection();
        await Assert.ThrowsAsync<global::Npgsql.PostgresException>(
            async () => _ = io == Io.Sync ? connection.Query<int>("select 1 / 0") : await connection.QueryAsync<int>("select 1 / 0"));
        Assert.Equal(ConnectionState.Closed, connection.State);
        Assert.Equal(0, PoolMeter.Lent());
    }

    [Theory, ClassData(typeof(EachWay))]
    public async Task Execute_ManyParameterSets_AllRun(Face face, Io io)
    {
        var (one, two) = (Fixture.NextId(), Fixture.NextId());
        var rows = new[] { new { id = one, body = $"{one}" }, new { id = two, body = $"{two}" } };
        await using var connection = Source(face).CreateConnection();
        const string Sql = "insert into note values (@id, @body)";
        Assert.Equal(2, io == Io.Sync ? connection.Execute(Sql, rows) : await connection.ExecuteAsync(Sql, rows));
        Assert.Equal((1, 1), (await NotesAsync(one), await NotesAsync(two)));
    }

    [Theory, ClassData(typeof(EachWay))]
    public async Task QueryMultiple_TwoResults_BothRead(Face face, Io io)
    {
        await using var connection = Source(face).CreateConnection();
        const string Sql = "select count(*) from item; select id, name from item where id = @id";
        await using var results = io == Io.Sync
            ? connection.QueryMultiple(Sql, new { id = 2 })
            : await connection.QueryMultipleAsync(Sql, new { id = 2 });
        Assert.Equal(3L, io == Io.Sync ? results.ReadSingle<long>() : await results.ReadSingleAsync<long>());
        Assert.Equal(new Item(2, "two"), io == Io.Sync ? results.ReadSingle<Item>() : await results.ReadSingleAsync<Item>());
    }

    [Theory, InlineData(Face.Bare), InlineData(Face.Cluster)]
    public async Task Query_UnbufferedLeftEarly_Closes(Face face)
    {
        await using var connection = Source(face).CreateConnection();
        foreach (var n in connection.Query<int>("select generate_series(1, 100000)", buffered: false))
        {
            if (n == 3)
            {
                break;
            }
        }

        Assert.Equal(ConnectionState.Closed, connection.State);
        await foreach (var n in connection.QueryUnbufferedAsync<int>("select generate_series(1, 100000)"))
        {
            if (n == 3)
            {
                break;
            }
        }

        Assert.Equal(ConnectionState.Closed, connection.State);
        Assert.Equal(5, connection.ExecuteScalar<int>("select 5"));
    }

    [Theory, ClassData(typeof(EachWay))]
    public async Task ExecuteReader_ClosedConnection_ClosedWithTheReader(Face face, Io io)
    {
        await using var connection = Source(face).CreateConnection();
        await using (var reader = (DbDataReader)(io == Io.Sync
            ? connection.ExecuteReader("select 1") : await connection.ExecuteReaderAsync("select 1")))
        {
            Assert.True(await reader.ReadAsync(io));
        }

        Assert.Equal(ConnectionState.Closed, connection.State);
    }

    [Theory, ClassData(typeof(EachWay))]
    public async Task Transaction_PassedAlong_RollsBack(Face face, Io io)
    {
        var id = Fixture.NextId();
        await using var connection = await Source(face).OpenAsync(io);
        await using (var transaction = await connection.BeginAsync(io))
        {
            var row = new { id, body = $"{id}" };
            const string Sql = "insert into note values (@id, @body)";
            _ = io == Io.Sync ? connection.Execute(Sql, row, transaction) : await connection.ExecuteAsync(Sql, row, transaction);
            Assert.Equal(1, connection.ExecuteScalar<int>("select count(*) from note where id = @id", new { id }, transaction));
        }

        Assert.Equal(0, await NotesAsync(id));
    }

    [Theory, ClassData(typeof(EachWay))]
    public async Task Query_DynamicAndMultiMapped_AsBare(Face face, Io io)
    {
        await using var connection = Source(face).CreateConnection();
        const string Sql = "select id, name from item where id = 3";
        var row = io == Io.Sync ? connection.QuerySingle(Sql) : await connection.QuerySingleAsync(Sql);
        Assert.Equal("three", (string)row.name);
        const string Joined = "select a.id, a.name, b.id, b.name from item a join item b on b.id = a.id + 1 order by a.id";
        var pairs = io == Io.Sync
            ? connection.Query<Item, Item, string>(Joined, Both, splitOn: "id")
            : await connection.QueryAsync<Item, Item, string>(Joined, Both, splitOn: "id");
        Assert.Equal(["one two", "two three"], pairs);

        static string Both(Item a, Item b) => $"{a.Name} {b.Name}";
    }

    [Theory, ClassData(typeof(EachWay))]
    public async Task Query_ArraysAndLists_AreArrayParameters(Face face, Io io)
    {
        await using var connection = Source(face).CreateConnection();
        const string ByIds = "select name from item where id = any(@ids) order by id";
        foreach (var ids in new object[] { new[] { 1, 3 }, new List<int> { 1, 3 } })
        {
            var names = io == Io.Sync
                ? connection.Query<string>(ByIds, new { ids }) : await connection.QueryAsync<string>(ByIds, new { ids });
            Assert.Equal(["one", "three"], names);
        }

        const string ByNames = "select id from item where name = any(@names)";
        var byNames = new { names = new[] { "two" } };
        Assert.Equal([2], io == Io.Sync ? connection.Query<int>(ByNames, byNames) : await connection.QueryAsync<int>(ByNames, byNames));
    }

    [Theory, ClassData(typeof(EachWay))]
    public async Task Execute_ArrayInserted_ComesBack(Face face, Io io)
    {
        await using var connection = await Source(face).OpenAsync(io);
        await using var transaction = await connection.BeginAsync(io);
        const string Sql = "insert into item values (@id, 'new', @tags) returning tags";
        var row = new { id = 1000, tags = new[] { "x", "y" } };
        var tags = io == Io.Sync
            ? connection.QuerySingle<string[]>(Sql, row, transaction)
            : await connection.QuerySingleAsync<string[]>(Sql, row, transaction);
        Assert.Equal(["x", "y"], tags);
    }

    [Fact]
    public Task Query_InExpansion_AsBare() => SameAsync(async source =>
    {
        // Dapper passes arrays on to Npgsql whole, so that its own expansion is not to be had there.
        await using var connection = source.CreateConnection();
        var ids = new[] { 1, 2 };
        return
        [
            await EndAsync(() => connection.QueryAsync<int>("select id from item where id in @ids", new { ids })),
            await EndAsync(() => connection.QueryAsync<int>("select id from item where id in (@ids)", new { ids })),
        ];
    });

    private sealed record Item(int Id, string Name);
}
