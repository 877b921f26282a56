using ClusterClient.Consistency;
using ClusterClient.Data;
using ClusterClient.Npgsql.Tests.Data;
using Npgsql;

namespace ClusterClient.Npgsql.Tests.Transactions;

/// <summary>
/// A transaction in which a statement failed, and whose application went on as if nothing were: the server lets the commit be a rollback, and
/// says nothing of it. Here it is an error, however the application came by the failure.
/// </summary>
[Collection(CommitServers.Name)]
public sealed class FailedTransactionTests(CommitServers servers)
{
    private static readonly Dictionary<string, Func<ClusterConnection, Io, Task>> Failures = new()
    {
        ["a command"] = (db, io) => db.RunAsync("SELECT 1 / 0", io),
        ["a batch"] = async (db, io) =>
        {
            await using var batch = db.CreateBatch();
            var command = batch.CreateBatchCommand();
            command.CommandText = "SELECT 1 / 0";
            batch.BatchCommands.Add(command);
            await batch.NonQueryAsync(io);
        },
        ["a reader in its midst"] = async (db, io) =>
        {
            await using var command = db.Text("SELECT 1 / (2000 - g), repeat('x', 1000) FROM generate_series(1, 2000) g");
            await using var reader = await command.ReaderAsync(io);
            while (await reader.ReadAsync(io))
            {
            }
        },
        ["the driver itself"] = async (db, _) =>
        {
            await using var command = new NpgsqlCommand("SELECT 1 / 0", db.Unwrap<NpgsqlConnection>());
            await command.ExecuteNonQueryAsync();
        },
    };

    public static TheoryData<CommitResolution, Io, string> All()
    {
        var all = new TheoryData<CommitResolution, Io, string>();
        foreach (var resolution in Enum.GetValues<CommitResolution>())
        {
            foreach (var failure in Failures.Keys)
            {
                all.Add(resolution, Io.Sync, failure);
                all.Add(resolution, Io.Async, failure);
            }
        }

        return all;
    }

    [Theory, MemberData(nameof(All))]
    public async Task Commit_FailureSwallowed_Throws_UnlessRolledBackToASavepoint(CommitResolution resolution, Io io, string failure)
    {
        await using var orders = await servers.NewAsync(resolution);
        await using var db = await orders.OpenConnectionAsync();
        var (lost, kept) = (servers.NextId(), servers.NextId());
        await using (var failed = await db.BeginTransactionAsync())
        {
            await db.RunAsync($"INSERT INTO t VALUES ({lost}, 'x')", io);
            await Assert.ThrowsAsync<PostgresException>(() => Failures[failure](db, io));
            var told = await Assert.ThrowsAsync<PostgresException>(() => failed.CommitAsync(io));
            Assert.Equal(PostgresErrorCodes.InFailedSqlTransaction, told.SqlState);
            Assert.False(CallFault.Of(told)!.MayHaveBeenApplied);
        }

        foreach (var byStatement in new[] { false, true })
        {
            await using var mended = await db.BeginTransactionAsync();
            await db.RunAsync($"INSERT INTO t VALUES ({kept}, 'x')", io);
            await mended.SaveAsync("s");
            await Assert.ThrowsAsync<PostgresException>(() => Failures[failure](db, io));
            await (byStatement ? db.RunAsync("ROLLBACK TO SAVEPOINT s", io) : mended.RollbackAsync("s"));
            await mended.CommitAsync(io);
        }

        Assert.Equal(("0", "2"), (await servers.RowsAsync(lost), await servers.RowsAsync(kept)));
    }
}
