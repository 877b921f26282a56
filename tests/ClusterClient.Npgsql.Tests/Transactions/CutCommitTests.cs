using ClusterClient.Consistency;
using ClusterClient.Data;
using ClusterClient.Npgsql.Tests.Data;
using ClusterClient.Npgsql.Tests.Failover;
using ClusterClient.Testing;
using Npgsql;

namespace ClusterClient.Npgsql.Tests.Transactions;

/// <summary>The connection ends between a commit and its answer, on either side of its receipt by a server that lives on.</summary>
[Collection(CommitServers.Name)]
public sealed class CutCommitTests(CommitServers servers)
{
    public static TheoryData<CommitResolution, CutSide, Io> All()
    {
        var all = new TheoryData<CommitResolution, CutSide, Io>();
        foreach (var resolution in Enum.GetValues<CommitResolution>())
        {
            foreach (var side in Enum.GetValues<CutSide>())
            {
                all.Add(resolution, side, Io.Sync);
                all.Add(resolution, side, Io.Async);
            }
        }

        return all;
    }

    [Theory, MemberData(nameof(All))]
    public async Task Commit_Cut_ReturnsIfItIsCommitted_ElseSaysThatItIsNot(CommitResolution resolution, CutSide side, Io io)
    {
        await using var orders = await servers.NewAsync(resolution);
        await using var db = await orders.OpenConnectionAsync();
        var id = servers.NextId();
        await using (var first = await db.BeginTransactionAsync())
        {
            await db.RunAsync($"INSERT INTO t VALUES ({servers.NextId()}, 'first')");
            await first.CommitAsync();
        }

        await using var transaction = await db.BeginTransactionAsync();
        await db.RunAsync($"INSERT INTO t VALUES ({id}, 'x')", io);
        using var trap = servers.Primary.Proxy.CutAt("COMMIT", side);
        var isThere = side == CutSide.AfterServer;
        if (isThere && resolution != CommitResolution.Off)
        {
            await transaction.CommitAsync(io);
        }
        else
        {
            var failure = await Assert.ThrowsAsync<NpgsqlException>(() => transaction.CommitAsync(io));
            Assert.Equal(resolution == CommitResolution.Off, CallFault.Of(failure)!.MayHaveBeenApplied);
        }

        Assert.Equal(1, trap.Cuts);
        await trap.Sprung.WaitAsync(Scenario.Patience);
        await Eventually.TrueAsync(async () => await servers.RowsAsync(id) == (isThere ? "1" : "0"), Scenario.Patience);
        // The connection is lost, and another one as good as ever.
        await db.CloseAsync();
        await db.OpenAsync();
        Assert.Equal(isThere ? 1L : 0L, await db.ValueAsync<long>($"SELECT count(*) FROM t WHERE id = {id}", io));
    }

    /// <summary>By its text it wrote nothing, which is no proof: what is behind a view may write. A server that was asked for the id is one.</summary>
    [Theory]
    [InlineData(CommitResolution.ByTransactionId, "SELECT id FROM t", true)]
    [InlineData(CommitResolution.ByTransactionId, "SELECT count(*) FROM t", false)]
    [InlineData(CommitResolution.ByMarker, "SELECT id FROM t", true)]
    [InlineData(CommitResolution.ByMarker, "SELECT count(*) FROM t", false)]
    public async Task Commit_OnlyReadAndCut_NothingWasAppliedIfTheServerSaidSo(CommitResolution resolution, string statement, bool mayBeApplied)
    {
        await using var orders = await servers.NewAsync(resolution);
        await using var db = await orders.OpenConnectionAsync();
        await using var transaction = await db.BeginTransactionAsync();
        await db.RunAsync(statement);
        using var trap = servers.Primary.Proxy.CutAt("COMMIT", CutSide.AfterServer);
        var failure = await Assert.ThrowsAsync<NpgsqlException>(() => transaction.CommitAsync());
        Assert.Equal(mayBeApplied, CallFault.Of(failure)!.MayHaveBeenApplied);
    }

    /// <summary>Writes that the library did not see as such: it must not say of them that nothing was applied.</summary>
    [Theory]
    [InlineData(CommitResolution.ByTransactionId, true)]
    [InlineData(CommitResolution.ByTransactionId, false)]
    [InlineData(CommitResolution.ByMarker, true)]
    [InlineData(CommitResolution.ByMarker, false)]
    public async Task Commit_WroteUnseenAndCut_ReturnsAndIsThere(CommitResolution resolution, bool isUnwrappedBefore)
    {
        await using var orders = await servers.NewAsync(resolution);
        await using var db = await orders.OpenConnectionAsync();
        await using (var first = await db.BeginTransactionAsync())
        {
            await db.RunAsync($"INSERT INTO t VALUES ({servers.NextId()}, 'first')");
            await first.CommitAsync();
        }

        var id = servers.NextId();
        var native = isUnwrappedBefore ? db.Unwrap<NpgsqlConnection>() : null;
        await using var transaction = await db.BeginTransactionAsync();
        if (native is not null)
        {
            await native.RunAsync($"INSERT INTO t VALUES ({id}, 'x')");
        }
        else
        {
            // A failure, out of which the application finds by itself.
            await using var batch = db.CreateBatch();
            foreach (var sql in new[] { $"INSERT INTO t VALUES ({id}, 'x')", "SAVEPOINT s" })
            {
                var command = batch.CreateBatchCommand();
                command.CommandText = sql;
                batch.BatchCommands.Add(command);
            }

            await batch.ExecuteNonQueryAsync();
            await Assert.ThrowsAsync<PostgresException>(() => db.RunAsync("SELECT 1 / 0"));
            await db.RunAsync("ROLLBACK TO SAVEPOINT s");
        }

        using var trap = servers.Primary.Proxy.CutAt("COMMIT", CutSide.AfterServer);
        await transaction.CommitAsync();
        Assert.Equal((1, "1"), (trap.Cuts, await servers.RowsAsync(id)));
    }

    /// <summary>The server still has the session, with its locks: whoever asks ends it, so that whoever tries again need not wait.</summary>
    [Theory]
    [InlineData(CommitResolution.ByTransactionId)]
    [InlineData(CommitResolution.ByMarker)]
    public async Task Commit_CutUnknownToTheServer_SessionIsEnded(CommitResolution resolution)
    {
        await using var orders = await servers.NewAsync(resolution, "Command Timeout=2");
        await using var db = await orders.OpenConnectionAsync();
        await using (var first = await db.BeginTransactionAsync())
        {
            await db.RunAsync($"INSERT INTO t VALUES ({servers.NextId()}, 'first')");
            await first.CommitAsync();
        }

        var id = servers.NextId();
        var backend = await db.BackendAsync();
        await using var transaction = await db.BeginTransactionAsync();
        await db.RunAsync($"INSERT INTO t VALUES ({id}, 'x')");
        using var trap = servers.Primary.Proxy.CutAt("COMMIT", CutSide.BeforeServer, CutManner.Drop);
        var failure = await Assert.ThrowsAnyAsync<NpgsqlException>(() => transaction.CommitAsync());
        Assert.False(CallFault.Of(failure)!.MayHaveBeenApplied);
        Assert.Equal(("0", "0"), (await servers.RowsAsync(id), await servers.Primary.ExecuteAsync($"SELECT count(*) FROM pg_stat_activity WHERE pid = {backend}")));
        servers.Primary.Proxy.Heal();
    }

    /// <summary>Without a resolution a transaction sends what the bare driver sends, and a transaction's mark is one statement more.</summary>
    [Theory]
    [InlineData(Io.Sync)]
    [InlineData(Io.Async)]
    public async Task Off_Transaction_SendsWhatTheDriverSends(Io io)
    {
        await servers.Primary.ExecuteAsync("ALTER ROLE app SET log_statement = 'all'");
        try
        {
            await using var bare = await servers.OpenBareAsync();
            var expected = await SentAsync(bare, io);
            await using var off = await servers.NewAsync(CommitResolution.Off);
            Assert.Equal(expected, await SentAsync(await off.OpenConnectionAsync(), io));
            await using var byId = await servers.NewAsync(CommitResolution.ByTransactionId);
            var marked = await SentAsync(await byId.OpenConnectionAsync(), io);
            Assert.Single(marked, line => line.Contains("clusterclient_mark", StringComparison.Ordinal));
            Assert.Equal(expected, marked.Where(line => !line.Contains("clusterclient_mark", StringComparison.Ordinal)));
        }
        finally
        {
            await servers.Primary.ExecuteAsync("ALTER ROLE app RESET log_statement");
        }
    }

    private async Task<List<string>> SentAsync(System.Data.Common.DbConnection db, Io io)
    {
        await using (db)
        {
            var backend = await db.BackendAsync(io);
            await using (var transaction = await db.BeginAsync(io))
            {
                await db.RunAsync("SELECT id FROM t", io);
                await db.RunAsync("INSERT INTO t VALUES (-1, 'x')", io);
                await db.RunAsync("UPDATE t SET note = 'y' WHERE id = -1", io);
                await transaction.CommitAsync(io);
            }

            await db.RunAsync("SELECT 'the end'", io);
            var log = await servers.Primary.ExecuteAsync("SHOW data_directory") + ".log";
            var lines = (await File.ReadAllLinesAsync(log)).Where(line => line.Contains($" [{backend}] ", StringComparison.Ordinal))
                .Select(line => line[line.IndexOf("] ", StringComparison.Ordinal)..])
                // What the driver asks a server once is not the transaction's.
                .SkipWhile(line => !line.Contains("pg_backend_pid", StringComparison.Ordinal)).ToList();
            Assert.Contains(lines, line => line.Contains("the end", StringComparison.Ordinal));
            return lines;
        }
    }
}
