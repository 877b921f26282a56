using System.Data.Common;
using System.Diagnostics;
using ClusterClient.Data;
using ClusterClient.Resilience;
using ClusterClient.Routing;
using Npgsql;

namespace ClusterClient.Npgsql.Tests.Failover;

/// <summary>The data source's limit of a call, and the server's own inside of transactions.</summary>
public sealed class CallTimeoutTests
{
    private static readonly TimeSpan Limit = TimeSpan.FromMilliseconds(300);

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Command_LongerThanCallTimeout_TimesOutAndItsConnectionStaysOpen(bool isAsync)
    {
        await using var s = await Scenario.StartAsync(b => b.Configure(o => o.CallTimeout = Limit), eu: 1);
        // The first of all connections may take longer than that.
        await Eventually.TrueAsync(
            async () =>
            {
                try
                {
                    await using var first = await s.Orders.OpenConnectionAsync();
                    return true;
                }
                catch (ClusterUnavailableException)
                {
                    return false;
                }
            },
            Scenario.Patience);
        await using var db = await s.Orders.OpenConnectionAsync();
        await using var command = db.CreateCommand();
        command.CommandText = "select pg_sleep(60)";
        var began = Stopwatch.GetTimestamp();

        var thrown = isAsync
            ? await Assert.ThrowsAnyAsync<DbException>(() => command.ExecuteScalarAsync())
            : Assert.ThrowsAny<DbException>(() => command.ExecuteScalar());

        Assert.InRange(Stopwatch.GetElapsedTime(began), Limit, TimeSpan.FromSeconds(10));
        Assert.IsType<TimeoutException>(thrown.InnerException);
        var fault = CallFault.Of(thrown)!;
        Assert.Equal((FaultKind.Timeout, "eu-1", RouteIntent.Write, 1), (fault.Fault.Kind, fault.Node, fault.Intent, fault.Attempts));
        command.CommandText = "select 7";
        Assert.Equal(7, await command.ExecuteScalarAsync());
        Assert.Equal(30, command.CommandTimeout);
    }

    [Fact]
    public async Task Open_NoPrimaryWithinCallTimeout_IsRefusedThen()
    {
        await using var s = await Scenario.StartAsync(b => b.Configure(o => o.CallTimeout = Limit), eu: 2);
        await s.Servers["eu-1"].KillAsync();
        await s.UntilAsync("eu-1", ClusterClient.Topology.NodeStatus.Unreachable);
        var began = Stopwatch.GetTimestamp();

        var refusal = await Assert.ThrowsAsync<ClusterUnavailableException>(() => s.Orders.OpenConnectionAsync().AsTask());

        Assert.Contains("within 0.3 s (CallTimeout)", refusal.Message, StringComparison.Ordinal);
        Assert.InRange(Stopwatch.GetElapsedTime(began), TimeSpan.Zero, TimeSpan.FromSeconds(10));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Transaction_WithStatementTimeout_IsEndedByTheServerItself(bool isAsync)
    {
        await using var s = await Scenario.StartAsync(b => b.Configure(o => o.TransactionStatementTimeout = Limit), eu: 1);
        await using var db = await s.Orders.OpenConnectionAsync();
        await using (var transaction = isAsync ? await db.BeginTransactionAsync() : db.BeginTransaction())
        {
            await using var command = db.CreateCommand();
            command.Transaction = transaction;
            command.CommandText = "select pg_sleep(60)";

            var thrown = isAsync
                ? await Assert.ThrowsAsync<PostgresException>(() => command.ExecuteScalarAsync())
                : Assert.Throws<PostgresException>(() => command.ExecuteScalar());

            Assert.Equal(PostgresErrorCodes.QueryCanceled, thrown.SqlState);
            Assert.Equal(new Fault(FaultKind.ServerCancelled, NotApplied: true), CallFault.Of(thrown)!.Fault);
        }

        await using var after = db.CreateCommand();
        after.CommandText = "show statement_timeout";
        Assert.Equal("0", await after.ExecuteScalarAsync());
    }
}
