using System.Data;
using System.Data.Common;
using ClusterClient.Data;
using Npgsql;

namespace ClusterClient.Npgsql.Tests.Data;

/// <summary>Code that is written against <see cref="DbProviderFactory"/>.</summary>
public sealed class AdapterTests(ClusterFixture fixture) : DataTest(fixture)
{
    [Theory, InlineData(Face.Bare), InlineData(Face.Cluster)]
    public async Task Factory_OfConnection_MakesAllThatTheDriversMakes(Face face)
    {
        await using var connection = Source(face).CreateConnection();
        var factory = DbProviderFactories.GetFactory(connection)!;
        Assert.True(factory is { CanCreateBatch: true, CanCreateCommandBuilder: true, CanCreateDataAdapter: true });
        Assert.IsType<NpgsqlParameter>(factory.CreateParameter());
        Assert.IsType<NpgsqlBatchCommand>(factory.CreateBatchCommand());
        Assert.IsType<NpgsqlConnectionStringBuilder>(factory.CreateConnectionStringBuilder());
        Assert.NotNull(factory.CreateDataAdapter());
        Assert.NotNull(factory.CreateCommandBuilder());
    }

    [Fact]
    public async Task Factory_OfClusterOrReads_ConnectsAsItsView()
    {
        foreach (var (view, node) in new[] { ((DbDataSource)Cluster, "eu-1"), (Cluster.Reads, "eu-2") })
        {
            await using var connection = view.CreateConnection();
            var factory = DbProviderFactories.GetFactory(connection)!;
            await using var made = Assert.IsType<ClusterConnection>(factory.CreateConnection(), exactMatch: false);
            await made.OpenAsync();
            Assert.Equal(node, made.NodeName);
            await using var command = factory.CreateCommand()!;
            (command.Connection, command.CommandText) = (made, "select 3");
            Assert.Equal(3, await command.ExecuteScalarAsync());
            await using var batch = factory.CreateBatch();
            batch.Connection = made;
            var one = batch.CreateBatchCommand();
            one.CommandText = "select 4";
            batch.BatchCommands.Add(one);
            Assert.Equal(4, await batch.ExecuteScalarAsync());
        }
    }

    [Theory, InlineData(Face.Bare), InlineData(Face.Cluster)]
    public async Task Adapter_OwnCommands_FillsAndUpdates(Face face)
    {
        var id = Fixture.NextId();
        await using var connection = await Source(face).OpenConnectionAsync();
        await connection.RunAsync($"insert into note values ({id}, 'old {id}')");
        await connection.CloseAsync();
        var factory = DbProviderFactories.GetFactory(connection)!;
        using var adapter = factory.CreateDataAdapter()!;
        adapter.SelectCommand = connection.Text($"select id, body from note where id = {id}");
        adapter.UpdateCommand = connection.Text("update note set body = @body where id = @id");
        foreach (var column in new[] { "id", "body" })
        {
            var parameter = factory.CreateParameter()!;
            (parameter.ParameterName, parameter.SourceColumn) = (column, column);
            adapter.UpdateCommand.Parameters.Add(parameter);
        }

        using var table = new DataTable();
        Assert.Equal(1, adapter.Fill(table));
        Assert.Equal(ConnectionState.Closed, connection.State);
        table.Rows[0]["body"] = $"new {id}";
        Assert.Equal(1, adapter.Update(table));
        Assert.Equal($"new {id}", await BodyAsync(id));
    }

    [Theory, InlineData(Face.Bare), InlineData(Face.Cluster)]
    public async Task CommandBuilder_OnAdapter_InsertsUpdatesDeletes(Face face)
    {
        var (kept, gone, added) = (Fixture.NextId(), Fixture.NextId(), Fixture.NextId());
        await using var connection = await Source(face).OpenConnectionAsync();
        await connection.RunAsync($"insert into note values ({kept}, 'old {kept}'), ({gone}, '{gone}')");
        var factory = DbProviderFactories.GetFactory(connection)!;
        using var adapter = factory.CreateDataAdapter()!;
        adapter.SelectCommand = connection.Text($"select id, body from note where id in ({kept}, {gone}, {added}) order by id");
        using var builder = factory.CreateCommandBuilder()!;
        builder.DataAdapter = adapter;
        Assert.Equal("\"a\"", builder.QuoteIdentifier("a"));
        using var table = new DataTable();
        adapter.Fill(table);
        table.Rows[0]["body"] = $"new {kept}";
        table.Rows[1].Delete();
        table.Rows.Add(added, $"{added}");
        Assert.Equal(3, adapter.Update(table));
        Assert.Equal($"new {kept}", await BodyAsync(kept));
        Assert.Equal((0, 1), (await NotesAsync(gone), await NotesAsync(added)));
        Assert.StartsWith("UPDATE", builder.GetUpdateCommand().CommandText);
    }

    private async Task<object?> BodyAsync(long id)
    {
        await using var command = Fixture.Bare.CreateCommand($"select body from note where id = {id}");
        return await command.ExecuteScalarAsync();
    }
}
