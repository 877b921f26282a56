using ClusterClient.Data;
using ClusterClient.Npgsql.Tests.Failover;
using Xunit;

namespace ClusterClient.Npgsql.Tests.Transactions;

/// <summary>Transactions that are run again as a whole, on real servers.</summary>
public sealed class ExecuteInTransactionTests
{
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task ExecuteInTransaction_PrimaryKilledInTheMidst_RunsAgainOnTheSuccessor(bool isAsync)
    {
        await using var scenario = await Scenario.StartAsync(eu: 2);
        await scenario.UntilOnlineAsync();
        List<string> nodes = [];
        if (isAsync)
        {
            await scenario.Orders.ExecuteInTransactionAsync(async (db, attempt, ct) =>
            {
                nodes.Add(db.NodeName!);
                await Scenario.InsertAsync(db, 1);
                if (attempt.Number == 1)
                {
                    await scenario.Servers.WaitForReplicationAsync(ct);
                    await scenario.Servers["eu-1"].KillAsync();
                    await scenario.PromoteAsync("eu-2");
                }

                await Scenario.InsertAsync(db, 2);
            });
        }
        else
        {
            await Task.Run(() => scenario.Orders.ExecuteInTransaction((db, attempt) =>
            {
                nodes.Add(db.NodeName!);
                Insert(db, 1);
                if (attempt.Number == 1)
                {
                    scenario.Servers.WaitForReplicationAsync().Wait();
                    scenario.Servers["eu-1"].KillAsync().Wait();
                    scenario.PromoteAsync("eu-2").Wait();
                }

                Insert(db, 2);
            }));
        }

        Assert.Equal(["eu-1", "eu-2"], nodes);
        Assert.Equal("1", await scenario.CountOnAsync("eu-2", 1));
        Assert.Equal("1", await scenario.CountOnAsync("eu-2", 2));
    }

    [Fact]
    public async Task ExecuteInTransactionAsync_Reads_RunOnAReplicaAndMayNotWrite()
    {
        await using var scenario = await Scenario.StartAsync(eu: 2);
        await scenario.UntilOnlineAsync();
        var node = await scenario.Orders.Reads.ExecuteInTransactionAsync(async (db, ct) =>
        {
            await using var count = db.CreateCommand();
            count.CommandText = "SELECT count(*) FROM t";
            await count.ExecuteScalarAsync(ct);
            return db.NodeName;
        });
        Assert.Equal("eu-2", node);
    }

    private static void Insert(ClusterConnection db, int id)
    {
        using var insert = db.CreateCommand();
        insert.CommandText = $"INSERT INTO t VALUES ({id}, 'x')";
        insert.ExecuteNonQuery();
    }
}
