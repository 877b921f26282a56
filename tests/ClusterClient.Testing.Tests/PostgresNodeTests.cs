using System.Net.Sockets;
using System.Text;

namespace ClusterClient.Testing.Tests;

public sealed class PostgresNodeTests(TwoRegions regions) : IClassFixture<TwoRegions>
{
    // SSLRequest: the first thing most clients say; a server without TLS answers with an N.
    private static readonly byte[] SslRequest = [0, 0, 0, 8, 4, 210, 22, 47];

    private readonly LocalPostgres _group = regions.Group;

    [Fact]
    public async Task Port_ThroughTheProxy_ServerAnswers()
    {
        foreach (var node in _group.Nodes)
        {
            Assert.Equal($"127.0.0.1:{node.Port}", node.Endpoint);
            Assert.NotEqual(node.DirectPort, node.Port);
            using var client = await TestClient.ConnectAsync(node.Port);
            await client.SendAsync(SslRequest);
            Assert.Equal("N", Encoding.ASCII.GetString(await client.ReceiveAsync(1)));
        }
    }

    [Fact]
    public async Task KillAsync_Running_ConnectionsBreakAndNewOnesAreRefused()
    {
        var node = _group["us-2"];
        var pid = node.Server.ProcessId;
        var children = Machine.ChildrenOf(pid);
        Assert.NotEmpty(children);
        using var direct = await Wire.OpenSessionAsync(node.DirectPort);
        using var proxied = await Wire.OpenSessionAsync(node.Port);
        await node.KillAsync();

        Assert.False(node.IsRunning);
        Assert.DoesNotContain(children, Machine.IsAlive);
        await AssertBrokenAsync(direct);
        await AssertBrokenAsync(proxied);
        var error = await Assert.ThrowsAsync<SocketException>(() => TestClient.ConnectAsync(node.DirectPort));
        Assert.Equal(SocketError.ConnectionRefused, error.SocketErrorCode);
        await TestClient.AssertConnectIsResetAsync(node.Port);

        await node.StartAsync();
        Assert.Equal("t", await node.ExecuteAsync("select pg_is_in_recovery()"));
        await _group.WaitForReplicationAsync();
    }

    [Fact]
    public async Task Hang_ThenResume_SilentThenAnswers()
    {
        var node = _group["eu-3"];
        using var client = await TestClient.ConnectAsync(node.Port);
        node.Hang();
        Assert.True(node.IsRunning);
        await client.SendAsync(SslRequest);
        Assert.True(await client.IsSilentAsync());
        node.Resume();
        Assert.Equal("N", Encoding.ASCII.GetString(await client.ReceiveAsync(1)));
    }

    [Fact]
    public async Task Hang_OpenSession_ItsBackendHangsToo()
    {
        var node = _group["eu-3"];
        using var client = await Wire.OpenSessionAsync(node.DirectPort);
        node.Hang();
        await client.SendAsync(Wire.Query("select 1"));
        Assert.True(await client.IsSilentAsync());
        node.Resume();
        Assert.Equal((byte)'T', Assert.Single(await client.ReceiveAsync(1)));
    }

    [Fact]
    public async Task KillAsync_Hung_EndsItAndItStartsAgain()
    {
        var node = _group["us-1"];
        node.Hang();
        await node.KillAsync();
        Assert.False(node.IsRunning);
        await node.StartAsync();
        await _group.WaitForReplicationAsync();
    }

    [Theory]
    [InlineData(PostgresShutdown.Fast)]
    [InlineData(PostgresShutdown.Immediate)]
    [InlineData(PostgresShutdown.Smart)]
    public async Task StopAsync_EachMode_EndsAndStartsAgain(PostgresShutdown mode)
    {
        var node = _group["us-2"];
        var session = await Wire.OpenSessionAsync(node.Port);
        var stopping = node.StopAsync(mode);
        if (mode == PostgresShutdown.Smart)
        {
            Assert.True(await session.IsSilentAsync());
            Assert.False(stopping.IsCompleted);
            session.Dispose();
        }
        else
        {
            // Told to end, a backend says so with an error. When the server quits there may be a warning first, or nothing.
            byte[] said = await session.ReceiveAsync(1);
            Assert.True(mode == PostgresShutdown.Fast ? said is [(byte)'E'] : said is [] or [(byte)'N']);
        }

        await stopping;
        Assert.False(node.IsRunning);
        await node.StartAsync();
        await _group.WaitForReplicationAsync();
        session.Dispose();
    }

    [Fact]
    public async Task PauseReplayAsync_ThenWriteAndResume_LagsThenCatchesUp()
    {
        var node = _group["eu-2"];
        await node.PauseReplayAsync();
        await _group.Primary.ExecuteAsync("insert into t values (100)");
        var lag = await Assert.ThrowsAsync<TimeoutException>(
            () => _group.WaitForReplicationAsync(TimeSpan.FromMilliseconds(300), default));
        Assert.Matches(@"^eu-2 lags by [1-9]\d* bytes\.", lag.Message);
        Assert.Equal("0", await node.ExecuteAsync("select count(*) from t where id = 100"));
        Assert.Equal("1", await _group["eu-3"].ExecuteAsync("select count(*) from t where id = 100"));

        // It has received all the same: for a promotion nothing is missing.
        Assert.Equal(await _group.Primary.PositionAsync(), await node.PositionAsync());

        await node.ResumeReplayAsync();
        await _group.WaitForReplicationAsync();
        Assert.Equal("1", await node.ExecuteAsync("select count(*) from t where id = 100"));
        await _group.Primary.ExecuteAsync("delete from t where id = 100");
    }

    [Fact]
    public async Task ConfigureAsync_PrimaryAndStandby_IsReadBeforeItReturns()
    {
        foreach (var node in new[] { _group.Primary, _group["us-1"] })
        {
            await node.ConfigureAsync("log_autovacuum_min_duration", "4321ms");
            Assert.Equal("4321ms", await node.ExecuteAsync("show log_autovacuum_min_duration"));
            await node.ConfigureAsync("log_autovacuum_min_duration", "-1");
            Assert.Equal("-1", await node.ExecuteAsync("show log_autovacuum_min_duration"));
        }

        Assert.Equal("t", await _group["us-1"].ExecuteAsync("select pg_is_in_recovery()"));
    }

    [Fact]
    public async Task ExecuteAsync_Error_HasItsSqlState()
    {
        var error = await Assert.ThrowsAsync<PostgresErrorException>(() => _group["eu-2"].ExecuteAsync("insert into t values (1)"));
        Assert.Equal("25006", error.SqlState);
        error = await Assert.ThrowsAsync<PostgresErrorException>(() => _group.Primary.ExecuteAsync("select 1", database: "none"));
        Assert.Equal("3D000", error.SqlState);
    }

    [Fact]
    public async Task ExecuteAsync_Values_FirstColumnOfFirstRow()
    {
        Assert.Equal("größer", await _group.Primary.ExecuteAsync("select 'größer', 2 union all select 'zweite', 3"));
        Assert.Null(await _group.Primary.ExecuteAsync("select null"));
        Assert.Null(await _group.Primary.ExecuteAsync("select 1 where false"));
        Assert.Equal("", await _group.Primary.ExecuteAsync("select ''"));
    }

    private static async Task AssertBrokenAsync(TestClient client)
    {
        try
        {
            Assert.Empty(await client.ReceiveAsync(1));
        }
        catch (SocketException e)
        {
            Assert.Equal(SocketError.ConnectionReset, e.SocketErrorCode);
        }
    }
}
