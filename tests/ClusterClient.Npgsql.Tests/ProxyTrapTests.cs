using ClusterClient.Npgsql.Tests.Failover;
using ClusterClient.Testing;
using Npgsql;
using static ClusterClient.Npgsql.Tests.FaultyCalls;

namespace ClusterClient.Npgsql.Tests;

/// <summary>A proxy can cut a connection at a COMMIT however Npgsql sends it.</summary>
public sealed class ProxyTrapTests(FaultyServers servers) : IClassFixture<FaultyServers>
{
    private const string Insert = "insert into item values (3)";

    [Theory]
    [InlineData(CutSide.BeforeServer)]
    [InlineData(CutSide.AfterServer)]
    public Task CutAt_TransactionCommits_IsCommittedIfTheServerGotIt(CutSide side) => CutAsync(side, "COMMIT", async connection =>
    {
        var transaction = await connection.BeginTransactionAsync();
        await ExecuteAsync(connection, Insert);
        return () => transaction.CommitAsync();
    });

    [Theory]
    [InlineData(CutSide.BeforeServer)]
    [InlineData(CutSide.AfterServer)]
    public Task CutAt_CommitInOneRoundTripWithTheRest_IsCommittedIfTheServerGotIt(CutSide side) => CutAsync(
        side, "COMMIT", connection => Task.FromResult(() => ExecuteAsync(connection, $"begin; {Insert}; commit")));

    [Theory]
    [InlineData(CutSide.BeforeServer)]
    [InlineData(CutSide.AfterServer)]
    public Task CutAt_PreparedCommit_IsCommittedIfTheServerGotIt(CutSide side) => CutAsync(side, "_p1\0", async connection =>
    {
        var commit = new NpgsqlCommand("commit", connection);
        await commit.PrepareAsync();
        await ExecuteAsync(connection, "begin");
        await ExecuteAsync(connection, Insert);
        return () => commit.ExecuteNonQueryAsync();
    });

    private async Task CutAsync(CutSide side, string text, Func<NpgsqlConnection, Task<Func<Task>>> prepare)
    {
        await using var connection = await OpenAsync(servers.Primary.Port);
        var process = connection.ProcessID;
        var commit = await prepare(connection);
        using var trap = servers.Primary.Proxy.CutAt(text, side);
        await Assert.ThrowsAsync<NpgsqlException>(commit);
        await trap.Sprung.WaitAsync(Scenario.Patience);
        await UntilGoneAsync(servers.Primary, process);
        var row = await servers.Primary.ExecuteAsync("delete from item where id = 3 returning id");
        Assert.Equal(side == CutSide.AfterServer ? "3" : null, row);
    }
}
