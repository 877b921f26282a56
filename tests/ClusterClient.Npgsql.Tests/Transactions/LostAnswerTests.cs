using ClusterClient.Consistency;
using ClusterClient.Npgsql.Tests.Failover;
using Xunit;

namespace ClusterClient.Npgsql.Tests.Transactions;

/// <summary>Commits whose answers were lost, on real servers.</summary>
public sealed class LostAnswerTests
{
    [Theory]
    [InlineData(CommitResolution.ByTransactionId, true)]
    [InlineData(CommitResolution.ByTransactionId, false)]
    [InlineData(CommitResolution.ByMarker, true)]
    [InlineData(CommitResolution.ByMarker, false)]
    public async Task Commit_AnswerLostAndLinkHealed_ReturnsAndIsThereOnce(CommitResolution resolution, bool isAsync)
    {
        await using var scenario = await Scenario.StartAsync(b => b.Configure(o => o.CommitResolution = resolution), eu: 2);
        await scenario.Orders.CreateCommitMarkersAsync();
        var db = await scenario.Orders.OpenConnectionAsync();
        await using (db)
        {
            await using var transaction = await db.BeginTransactionAsync();
            await Scenario.InsertAsync(db, 1);
            scenario.Servers.Primary.Proxy.CutHalfOpen();
            var healing = Task.Run(async () =>
            {
                await scenario.UntilAsync("eu-1", ClusterClient.Topology.NodeStatus.Silent);
                scenario.Servers.Primary.Proxy.Heal();
            });
            if (isAsync)
            {
                await transaction.CommitAsync();
            }
            else
            {
                transaction.Commit();
            }

            await healing;
        }

        Assert.Equal("1", await scenario.CountOnAsync("eu-1", 1));
    }
}
