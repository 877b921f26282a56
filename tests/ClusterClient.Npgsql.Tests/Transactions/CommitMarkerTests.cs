using ClusterClient.Consistency;
using ClusterClient.Data;
using ClusterClient.Npgsql.Tests.Data;
using ClusterClient.Npgsql.Tests.Failover;
using Npgsql;

namespace ClusterClient.Npgsql.Tests.Transactions;

/// <summary>Markers that commits leave behind: whose they are, and who comes too late.</summary>
[Collection(CommitServers.Name)]
public sealed class CommitMarkerTests(CommitServers servers)
{
    private static readonly NpgsqlCommits Dialect = new();

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task TakeMarker_OriginalIsRunning_WaitsForItsEnd(bool commits)
    {
        var marker = Guid.CreateVersion7();
        await using var original = await servers.OpenBareAsync();
        await using var transaction = await original.BeginTransactionAsync();
        await WriteAsync(original, marker);
        await using var asker = await servers.OpenBareAsync();
        var answer = TakeAsync(asker, marker);
        await Eventually.TrueAsync(
            async () => await servers.Primary.ExecuteAsync($"SELECT wait_event_type FROM pg_stat_activity WHERE pid = {asker.ProcessID}") == "Lock",
            Scenario.Patience);
        Assert.False(answer.IsCompleted);
        await (commits ? transaction.CommitAsync() : transaction.RollbackAsync());
        Assert.Equal(commits, await answer.WaitAsync(Scenario.Patience));
        // Whoever asks again hears the same, also where the row is the earlier question's.
        Assert.Equal(commits, await TakeAsync(asker, marker));
        Assert.Equal(commits, await TakeAsync(asker, marker));
    }

    [Fact]
    public async Task TakeMarker_OriginalNeverCame_ItCannotComeAnyMore()
    {
        var marker = Guid.CreateVersion7();
        var id = servers.NextId();
        await using var asker = await servers.OpenBareAsync();
        Assert.False(await TakeAsync(asker, marker));
        await using var original = await servers.OpenBareAsync();
        await using var transaction = await original.BeginTransactionAsync();
        await original.RunAsync($"INSERT INTO t VALUES ({id}, 'late')");
        await using var commit = Dialect.CommitWithMarker(original, transaction, marker);
        var late = await Assert.ThrowsAsync<PostgresException>(() => commit.ExecuteNonQueryAsync());
        Assert.Equal(PostgresErrorCodes.UniqueViolation, late.SqlState);
        Assert.Equal("0", await servers.RowsAsync(id));
        Assert.False(await TakeAsync(asker, marker));
    }

    [Theory]
    [InlineData("repeatable read")]
    [InlineData("serializable")]
    public async Task TakeMarker_StricterIsolation_FailsAtMostOnce(string level)
    {
        var marker = Guid.CreateVersion7();
        await using var original = await servers.OpenBareAsync();
        await using var transaction = await original.BeginTransactionAsync();
        await WriteAsync(original, marker);
        await using var asker = await servers.OpenBareAsync($"Options=-c default_transaction_isolation={level.Replace(" ", "\\ ")}");
        var answer = TakeAsync(asker, marker);
        await Eventually.TrueAsync(
            async () => await servers.Primary.ExecuteAsync($"SELECT wait_event_type FROM pg_stat_activity WHERE pid = {asker.ProcessID}") == "Lock",
            Scenario.Patience);
        await transaction.CommitAsync();
        // Its snapshot is older than the row: a conflict, after which the resolver asks again.
        var conflict = await Assert.ThrowsAsync<PostgresException>(() => answer);
        Assert.True(NpgsqlFaults.Classify(conflict).IsTransient);
        Assert.True(await TakeAsync(asker, marker));
    }

    [Theory]
    [InlineData(Io.Sync)]
    [InlineData(Io.Async)]
    public async Task Commit_TableIsMissing_SaysWhatToCallAndCommitsNothing(Io io)
    {
        await using var orders = await servers.NewAsync(CommitResolution.ByMarker, "Search Path=without");
        var id = servers.NextId();
        await using var db = await orders.OpenConnectionAsync();
        await using (var transaction = await db.BeginTransactionAsync())
        {
            await db.RunAsync($"INSERT INTO t VALUES ({id}, 'x')", io);
            var failure = await Assert.ThrowsAsync<InvalidOperationException>(() => transaction.CommitAsync(io));
            Assert.Contains("ClusterDataSource.CreateCommitMarkersAsync", failure.Message, StringComparison.Ordinal);
            Assert.IsType<PostgresException>(failure.InnerException);
            Assert.False(CallFault.Of(failure)!.MayHaveBeenApplied);
        }

        Assert.Equal("0", await servers.Primary.ExecuteAsync($"SELECT count(*) FROM without.t WHERE id = {id}"));
        // The connection is as good as before, and what only reads needs no table.
        await using var reads = await db.BeginTransactionAsync();
        await db.RunAsync("SELECT id FROM t", io);
        await reads.CommitAsync(io);
    }

    [Theory]
    [InlineData(Io.Sync)]
    [InlineData(Io.Async)]
    public async Task Commit_RoleWithoutTheRight_ServersErrorAndNothingIsCommitted(Io io)
    {
        await using var orders = await servers.NewAsync(CommitResolution.ByMarker, "Username=poor");
        var id = servers.NextId();
        await using var db = await orders.OpenConnectionAsync();
        await using var transaction = await db.BeginTransactionAsync();
        await db.RunAsync($"INSERT INTO t VALUES ({id}, 'x')", io);
        var failure = await Assert.ThrowsAsync<PostgresException>(() => transaction.CommitAsync(io));
        Assert.Equal(PostgresErrorCodes.InsufficientPrivilege, failure.SqlState);
        Assert.Contains("clusterclient_commits", failure.MessageText, StringComparison.Ordinal);
        Assert.False(CallFault.Of(failure)!.MayHaveBeenApplied);
        await transaction.RollbackAsync();
        Assert.Equal("0", await servers.RowsAsync(id));
    }

    [Fact]
    public async Task Commit_ByMarker_LeavesOneThatIsTheTransactions_ReadsNone()
    {
        await using var orders = await servers.NewAsync(CommitResolution.ByMarker);
        await using var db = await orders.OpenConnectionAsync();
        var before = await CountAsync();
        foreach (var sql in new[] { "SELECT id FROM t", $"INSERT INTO t VALUES ({servers.NextId()}, 'x')" })
        {
            await using var transaction = await db.BeginTransactionAsync();
            await db.RunAsync(sql);
            await transaction.CommitAsync();
        }

        Assert.Equal(before + 1, await CountAsync());
        Task<long> CountAsync() => db.ValueAsync<long>("SELECT count(*) FROM clusterclient_commits WHERE is_commit");
    }

    [Fact]
    public async Task CreateCommitMarkersAsync_ManyAtOnceAndAgain_OneTable()
    {
        await servers.Primary.ExecuteAsync("DROP SCHEMA IF EXISTS fresh CASCADE; CREATE SCHEMA fresh AUTHORIZATION app");
        await using var orders = await servers.NewAsync(CommitResolution.ByTransactionId, "Search Path=fresh");
        await using var others = await servers.NewAsync(CommitResolution.ByMarker, "Search Path=fresh");
        await Task.WhenAll(Enumerable.Range(0, 8).Select(i => (i % 2 == 0 ? orders : others).CreateCommitMarkersAsync()));
        await orders.CreateCommitMarkersAsync();
        Assert.Equal("1", await servers.Primary.ExecuteAsync("SELECT count(*) FROM pg_tables WHERE schemaname = 'fresh'"));
    }

    [Fact]
    public async Task PruneMarkers_OlderThan_YoungerStay()
    {
        var now = DateTimeOffset.UtcNow;
        Guid[] markers = [.. new[] { -180, -121, -119, 0 }.Select(minutes => Guid.CreateVersion7(now.AddMinutes(minutes)))];
        await using var db = await servers.OpenBareAsync();
        foreach (var marker in markers)
        {
            await WriteAsync(db, marker);
        }

        await using (var prune = db.CreateCommand())
        {
            Dialect.PruneMarkers(prune, Guid.CreateVersion7(now.AddMinutes(-120)));
            await prune.ExecuteNonQueryAsync();
        }

        await using var left = new NpgsqlCommand("SELECT count(*) FROM clusterclient_commits WHERE id = ANY($1)", db) { Parameters = { new() { Value = markers } } };
        Assert.Equal(2L, await left.ExecuteScalarAsync());
    }

    private static async Task WriteAsync(NpgsqlConnection connection, Guid marker)
    {
        await using var write = new NpgsqlCommand("INSERT INTO clusterclient_commits VALUES ($1, true)", connection) { Parameters = { new() { Value = marker } } };
        await write.ExecuteNonQueryAsync();
    }

    private static async Task<bool> TakeAsync(NpgsqlConnection connection, Guid marker)
    {
        await using var command = connection.CreateCommand();
        Dialect.TakeMarker(command, marker);
        return (bool)(await command.ExecuteScalarAsync())!;
    }
}
