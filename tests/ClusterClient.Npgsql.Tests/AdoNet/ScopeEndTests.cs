using System.Transactions;
using ClusterClient.Npgsql.Tests.Data;
using Npgsql;
using IsolationLevel = System.Transactions.IsolationLevel;

namespace ClusterClient.Npgsql.Tests.AdoNet;

/// <summary>How scopes end that do not end well, and what they ask of the server: the same as with the driver alone.</summary>
public sealed class ScopeEndTests(ClusterFixture fixture) : DataTest(fixture)
{
    private static readonly TransactionScopeAsyncFlowOption Flows = TransactionScopeAsyncFlowOption.Enabled;

    [Theory, InlineData(Io.Sync), InlineData(Io.Async)]
    public Task TwoConnectionsAtOnce_EndAsDriver(Io io) => SameAsync(async source =>
    {
        // A second session makes the transaction a distributed one.
        var id = Fixture.NextId();
        var ends = new List<string>();
        var scope = new TransactionScope(Flows);
        var first = await source.OpenAsync(io);
        await first.RunAsync($"insert into note values ({id}, '{id}')", io);
        ends.Add(await EndAsync(async () =>
        {
            await using var second = await source.OpenAsync(io);
            await second.RunAsync("select 1", io);
        }));
        await first.DisposeAsync(io);
        scope.Complete();
        ends.Add(await EndAsync(() => Task.Run(scope.Dispose)));
        return [.. ends, $"{await NotesAsync(id)} rows"];
    });

    [Theory, InlineData(Io.Sync), InlineData(Io.Async)]
    public Task TimeoutPasses_EndsAsDriver(Io io) => SameAsync(async source =>
    {
        var id = Fixture.NextId();
        var scope = new TransactionScope(TransactionScopeOption.Required, TimeSpan.FromSeconds(1), Flows);
        var afterwards = "";
        await using (var connection = await source.OpenAsync(io))
        {
            await connection.RunAsync($"insert into note values ({id}, '{id}')", io);
            var backend = await connection.BackendAsync(io);
            await Until.TrueAsync(() => IsIdleAsync(backend), () => "The server was not told to roll back.");
            // Open all the same, and outside of the transaction now, as soon as the driver's own thread is done with it.
            await Until.TrueAsync(
                async () => (afterwards = await EndAsync(() => connection.RunAsync("select 1", io))) != nameof(NpgsqlOperationInProgressException),
                () => "The driver does not end its rollback.");
        }

        scope.Complete();
        return [afterwards, await EndAsync(() => Task.Run(scope.Dispose)), $"{await NotesAsync(id)} rows"];
    });

    [Theory]
    [InlineData(IsolationLevel.ReadCommitted, "read committed")]
    [InlineData(IsolationLevel.RepeatableRead, "repeatable read")]
    [InlineData(IsolationLevel.Serializable, "serializable")]
    public Task IsolationLevel_Asked_IsTheServers(IsolationLevel level, string expected) => SameAsync(async source =>
    {
        using var scope = new TransactionScope(TransactionScopeOption.Required, new TransactionOptions { IsolationLevel = level }, Flows);
        await using var connection = await source.OpenConnectionAsync();
        var actual = await connection.ValueAsync<string>("show transaction_isolation");
        Assert.Equal(expected, actual);
        return [actual];
    });

    [Theory, InlineData(Io.Sync), InlineData(Io.Async)]
    public Task StatementFailed_CompletedAllTheSame_EndsAsDriver(Io io) => SameAsync(async source =>
    {
        var id = Fixture.NextId();
        var scope = new TransactionScope(Flows);
        await using (var connection = await source.OpenAsync(io))
        {
            await connection.RunAsync($"insert into note values ({id}, '{id}')", io);
            await EndAsync(() => connection.RunAsync("select 1 / 0", io));
        }

        scope.Complete();
        return [await EndAsync(() => Task.Run(scope.Dispose)), $"{await NotesAsync(id)} rows"];
    });

    [Theory, InlineData(Io.Sync), InlineData(Io.Async)]
    public Task SessionKilled_EndsAsDriver(Io io) => SameAsync(async source =>
    {
        var id = Fixture.NextId();
        var scope = new TransactionScope(Flows);
        string failed;
        await using (var connection = await source.OpenAsync(io))
        {
            await connection.RunAsync($"insert into note values ({id}, '{id}')", io);
            var backend = await connection.BackendAsync(io);
            using (new TransactionScope(TransactionScopeOption.Suppress, Flows))
            {
                await KillAsync(backend);
            }

            failed = await EndAsync(() => connection.RunAsync("select 1", io));
        }

        return [failed, await EndAsync(() => Task.Run(scope.Dispose)), $"{await NotesAsync(id)} rows"];
    });

    [Theory, InlineData(Face.Bare), InlineData(Face.Cluster)]
    public async Task WithoutFlow_SynchronousCalls_Commit(Face face)
    {
        var id = Fixture.NextId();
        using (var scope = new TransactionScope())
        {
            using var connection = Source(face).OpenConnection();
            using var insert = connection.Text($"insert into note values ({id}, '{id}')");
            insert.ExecuteNonQuery();
            scope.Complete();
        }

        Assert.Equal(1, await NotesAsync(id));
    }

    private async Task<bool> IsIdleAsync(int backend)
    {
        using var outside = new TransactionScope(TransactionScopeOption.Suppress, Flows);
        await using var command = Fixture.Bare.CreateCommand($"select state = 'idle' from pg_stat_activity where pid = {backend}");
        return await command.ExecuteScalarAsync() is true;
    }
}
