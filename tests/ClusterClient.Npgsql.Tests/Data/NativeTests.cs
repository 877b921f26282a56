using System.Data;
using ClusterClient.Data;
using Npgsql;
using NpgsqlTypes;

namespace ClusterClient.Npgsql.Tests.Data;

/// <summary>What goes through the driver's own connection under the cluster's.</summary>
public sealed class NativeTests(ClusterFixture fixture) : DataTest(fixture)
{
    [Theory, InlineData(Io.Sync), InlineData(Io.Async)]
    public async Task Unwrap_BinaryCopyInTransaction_InAndOut(Io io)
    {
        var id = Fixture.NextId();
        await using var connection = (ClusterConnection)await Cluster.OpenAsync(io);
        await using var transaction = await connection.BeginTransactionAsync();
        var native = connection.Unwrap<NpgsqlConnection>();
        await using (var import = await native.BeginBinaryImportAsync("copy note (id, body) from stdin (format binary)"))
        {
            await import.StartRowAsync();
            await import.WriteAsync(id, NpgsqlDbType.Bigint);
            await import.WriteAsync($"copied {id}", NpgsqlDbType.Text);
            Assert.Equal(1UL, io == Io.Sync ? import.Complete() : await import.CompleteAsync());
        }

        await using (var export = await native.BeginBinaryExportAsync(
            $"copy (select body from note where id = {id}) to stdout (format binary)"))
        {
            Assert.Equal(1, io == Io.Sync ? export.StartRow() : await export.StartRowAsync());
            Assert.Equal($"copied {id}", await export.ReadAsync<string>());
        }

        Assert.Equal(ConnectionState.Open, connection.State);
        await transaction.RollbackAsync();
        Assert.Equal(0, await NotesAsync(id));
    }

    [Fact]
    public async Task Unwrap_Listen_HearsNotify()
    {
        await using var listener = await Cluster.OpenConnectionAsync();
        await using var speaker = await Cluster.OpenConnectionAsync();
        var heard = new List<string>();
        var native = listener.Unwrap<NpgsqlConnection>();
        native.Notification += (_, e) => heard.Add($"{e.Channel}: {e.Payload}");
        await listener.RunAsync("listen news");
        await speaker.RunAsync("notify news, 'hello'");
        Assert.True(await native.WaitAsync(TimeSpan.FromSeconds(5)));
        Assert.Equal(["news: hello"], heard);
    }

    [Theory, InlineData(Io.Sync), InlineData(Io.Async)]
    public Task GetSchema_EachOverload_AsDriver(Io io) => SameAsync(async source =>
    {
        await using var connection = source.CreateConnection();
        string[] restrictions = [null!, null!, "item"];
        var closed = io == Io.Sync ? connection.GetSchema() : await connection.GetSchemaAsync();
        await connection.OpenAsync(io);
        var tables = io == Io.Sync
            ? new[] { closed, connection.GetSchema(), connection.GetSchema("Tables"), connection.GetSchema("Columns", restrictions) }
            : [closed, await connection.GetSchemaAsync(), await connection.GetSchemaAsync("Tables"), await connection.GetSchemaAsync("Columns", restrictions)];
        Assert.Equal(3, tables[^1].Rows.Count);
        return tables.SelectMany(
            table => table.Rows.Cast<DataRow>().Select(row => string.Join('|', row.ItemArray)).Order(StringComparer.Ordinal));
    });

    [Fact]
    public async Task Unwrap_ClosedByTheDriversOwnClose_CanReopen()
    {
        await using var connection = await Cluster.OpenConnectionAsync();
        await connection.Unwrap<NpgsqlConnection>().CloseAsync();
        Assert.Equal(ConnectionState.Closed, connection.State);
        await Assert.ThrowsAsync<InvalidOperationException>(() => connection.ValueAsync<int>("select 1"));
        await connection.OpenAsync();
        Assert.Equal(1, await connection.ValueAsync<int>("select 1"));
    }
}
