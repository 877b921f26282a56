using System.Data;
using System.Data.Common;
using ClusterClient.Npgsql.Tests.Data;

namespace ClusterClient.Npgsql.Tests.AdoNet;

/// <summary>Tables that are filled from the cluster, and written back.</summary>
public sealed class DataSetTests(ClusterFixture fixture) : DataTest(fixture)
{
    [Theory, InlineData(Face.Bare), InlineData(Face.Cluster)]
    public async Task Fill_TwoResults_TwoTables(Face face)
    {
        await using var connection = Source(face).CreateConnection();
        using var adapter = Adapter(connection, "select id, name from item order by id; select count(*) as n from item");
        using var set = new DataSet();
        Assert.Equal(3, adapter.Fill(set));
        Assert.Equal(["Table", "Table1"], set.Tables.Cast<DataTable>().Select(t => t.TableName));
        Assert.Equal(3L, set.Tables[1].Rows[0]["n"]);
        Assert.Equal(ConnectionState.Closed, connection.State);
    }

    [Fact]
    public Task FillSchema_OfATable_AsDriver() => SameAsync(async source =>
    {
        await using var connection = source.CreateConnection();
        using var adapter = Adapter(connection, "select * from item");
        using var table = new DataTable();
        adapter.FillSchema(table, SchemaType.Source);
        return Describe(table);
    });

    [Fact]
    public Task SchemaTable_KeyInfo_AsDriver() => SameAsync(async source =>
    {
        await using var connection = await source.OpenConnectionAsync();
        await using var command = connection.Text("select id, name, tags, id + 1 as next from item");
        await using var reader = await command.ExecuteReaderAsync(CommandBehavior.KeyInfo | CommandBehavior.SchemaOnly);
        using var schema = (await reader.GetSchemaTableAsync())!;
        var columns = await reader.GetColumnSchemaAsync();
        return
        [
            .. schema.Rows.Cast<DataRow>().Select(r => string.Join(' ', r.ItemArray)),
            .. columns.Select(c => $"{c.ColumnName} {c.DataTypeName} {c.IsKey} {c.IsExpression} {c.BaseTableName} {c.BaseCatalogName}"),
        ];
    });

    [Fact]
    public Task Load_AllTypes_AsDriver() => SameAsync(async source =>
    {
        await using var connection = await source.OpenConnectionAsync();
        await using var command = connection.Text(
            "select 1 as i, 2::bigint as b, 1.5::numeric as d, 'x' as t, true as f, date '2026-01-02' as day, '{1,2}'::int[] as a, null::int as n");
        await using var reader = await command.ExecuteReaderAsync();
        using var table = new DataTable();
        table.Load(reader);
        return [.. Describe(table), .. table.Rows[0].ItemArray.Select(v => $"{v!.GetType()}")];
    });

    [Theory, InlineData(Face.Bare), InlineData(Face.Cluster)]
    public async Task Update_InTransaction_UndoneWithIt(Face face)
    {
        var id = Fixture.NextId();
        await using var connection = await Source(face).OpenConnectionAsync();
        await using (var transaction = await connection.BeginTransactionAsync())
        {
            using var adapter = Adapter(connection, "select id, body from note where false");
            adapter.SelectCommand!.Transaction = transaction;
            using var builder = DbProviderFactories.GetFactory(connection)!.CreateCommandBuilder()!;
            builder.DataAdapter = adapter;
            using var table = new DataTable();
            adapter.Fill(table);
            table.Rows.Add(id, $"{id}");
            Assert.Equal(1, adapter.Update(table));
            Assert.Equal(1L, await connection.ValueAsync<long>($"select count(*) from note where id = {id}"));
        }

        Assert.Equal(0, await NotesAsync(id));
    }

    [Fact]
    public Task Update_RowChangedMeanwhile_ConflictAsDriver() => SameAsync(async source =>
    {
        var id = Fixture.NextId();
        await using var connection = await source.OpenConnectionAsync();
        await connection.RunAsync($"insert into note values ({id}, 'first {id}')");
        using var adapter = Adapter(connection, $"select id, body from note where id = {id}");
        using var builder = DbProviderFactories.GetFactory(connection)!.CreateCommandBuilder()!;
        (builder.DataAdapter, builder.ConflictOption) = (adapter, ConflictOption.CompareAllSearchableValues);
        using var table = new DataTable();
        adapter.Fill(table);
        await connection.RunAsync($"update note set body = 'theirs {id}' where id = {id}");
        table.Rows[0]["body"] = $"mine {id}";
        return [await EndAsync(() => Task.Run(() => adapter.Update(table))), builder.GetDeleteCommand(true).CommandText];
    });

    [Fact]
    public async Task Fill_OnReads_FromTheReplica()
    {
        await using DbConnection connection = Cluster.Reads.CreateConnection();
        using var adapter = Adapter(connection, "select pg_is_in_recovery()");
        using var table = new DataTable();
        adapter.Fill(table);
        Assert.Equal(true, table.Rows[0][0]);
    }

    private static DbDataAdapter Adapter(DbConnection connection, string select)
    {
        var adapter = DbProviderFactories.GetFactory(connection)!.CreateDataAdapter()!;
        adapter.SelectCommand = connection.Text(select);
        return adapter;
    }

    private static IEnumerable<string> Describe(DataTable table) =>
    [
        $"key: {string.Join(", ", table.PrimaryKey.Select(c => c.ColumnName))}",
        .. table.Columns.Cast<DataColumn>().Select(c => $"{c.ColumnName} {c.DataType} {c.AllowDBNull} {c.MaxLength}"),
    ];
}
