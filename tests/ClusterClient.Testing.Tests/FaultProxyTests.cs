using System.Diagnostics;
using System.Net.Sockets;

namespace ClusterClient.Testing.Tests;

public sealed class FaultProxyTests : IDisposable
{
    private readonly EchoServer _server = new();
    private readonly FaultProxy _proxy;

    public FaultProxyTests() => _proxy = new FaultProxy(_server.EndPoint);

    public void Dispose()
    {
        _proxy.Dispose();
        _server.Dispose();
    }

    [Fact]
    public async Task Connect_NoFault_ForwardsBothWays()
    {
        using var client = await EstablishedAsync();
        var sent = new byte[3_000_000];
        new Random(1).NextBytes(sent);
        var sending = client.SendAsync(sent);
        Assert.Equal(sent, await client.ReceiveAsync(sent.Length));
        await sending;
    }

    [Fact]
    public async Task ClientEnds_NoFault_ServersEndArrives()
    {
        using var client = await EstablishedAsync();
        client.ShutdownSend();
        Assert.Empty(await client.ReceiveAsync(1));
    }

    [Fact]
    public async Task ServerCloses_NoFault_ClientSeesTheEnd()
    {
        using var client = await EstablishedAsync();
        _server.CloseConnections();
        Assert.Empty(await client.ReceiveAsync(1));
    }

    [Fact]
    public async Task ServerResets_NoFault_ClientIsReset()
    {
        using var client = await EstablishedAsync();
        _server.ResetConnections();
        await client.AssertResetAsync();
    }

    [Fact]
    public async Task Connect_ServerRefuses_IsReset()
    {
        _server.Dispose();
        await TestClient.AssertConnectIsResetAsync(_proxy.Port);
    }

    [Fact]
    public async Task Latency_Set_IsAddedOncePerRoundTrip()
    {
        using var client = await EstablishedAsync();
        _proxy.Latency = TimeSpan.FromMilliseconds(150);
        var shortest = TimeSpan.MaxValue;
        for (byte i = 0; i < 5; i++)
        {
            var watch = Stopwatch.StartNew();
            await client.SendAsync(i);
            Assert.Equal([i], await client.ReceiveAsync(1));
            shortest = watch.Elapsed < shortest ? watch.Elapsed : shortest;
        }

        // On a busy machine any one may take long; twice the latency in all of them would be a mistake.
        Assert.InRange(shortest.TotalMilliseconds, 150, 290);
    }

    [Fact]
    public async Task Latency_ManyChunks_AreDelayedTogetherAndInOrder()
    {
        using var client = await EstablishedAsync();
        _proxy.Latency = TimeSpan.FromMilliseconds(100);
        var sent = new byte[8_000_000];
        new Random(2).NextBytes(sent);
        var watch = Stopwatch.StartNew();
        var sending = client.SendAsync(sent);
        Assert.Equal(sent, await client.ReceiveAsync(sent.Length));

        // Some 120 reads of 64 KiB: one after the other they would take twelve seconds.
        Assert.InRange(watch.Elapsed.TotalSeconds, 0.1, 6);
        await sending;
    }

    [Fact]
    public async Task Latency_LoweredWithBytesUnderWay_KeepsTheOrder()
    {
        using var client = await EstablishedAsync();
        _proxy.Latency = TimeSpan.FromMilliseconds(300);
        await client.SendAsync(1);
        Assert.True(await client.IsSilentAsync());
        Assert.Equal(2, _server.Received);
        _proxy.Latency = TimeSpan.Zero;
        await client.SendAsync(2);
        Assert.Equal([1, 2], await client.ReceiveAsync(2));
    }

    [Fact]
    public void Latency_Negative_Throws() =>
        Assert.Throws<ArgumentOutOfRangeException>(() => _proxy.Latency = TimeSpan.FromTicks(-1));

    [Fact]
    public async Task BytesPerSecond_Set_SlowsDown()
    {
        using var client = await EstablishedAsync();
        _proxy.BytesPerSecond = 100_000;
        var watch = Stopwatch.StartNew();
        var sending = client.SendAsync(new byte[30_000]);
        Assert.Equal(30_000, (await client.ReceiveAsync(30_000)).Length);
        Assert.InRange(watch.Elapsed.TotalSeconds, 0.25, 10);
        await sending;
    }

    [Fact]
    public async Task Drop_OpenConnection_GoesSilentAndIsResetByHeal()
    {
        using var client = await EstablishedAsync();
        _proxy.Drop();
        await client.SendAsync(7);
        Assert.True(await client.IsSilentAsync());
        Assert.Equal(1, _server.Received);
        _proxy.Heal();
        await client.AssertResetAsync();
        using var next = await EstablishedAsync();
    }

    [Fact]
    public async Task Drop_NewConnection_ConnectsToSilenceAndIsResetByHeal()
    {
        _proxy.Drop();
        using var client = await TestClient.ConnectAsync(_proxy.Port);
        await client.SendAsync(7);
        Assert.True(await client.IsSilentAsync());
        Assert.Equal(0, _server.Received);
        _proxy.Heal();
        await client.AssertResetAsync();
    }

    [Fact]
    public async Task Drop_ServerCloses_ClientIsNotTold()
    {
        using var client = await EstablishedAsync();
        _proxy.Drop();
        _server.CloseConnections();
        Assert.True(await client.IsSilentAsync());
        _proxy.Heal();
        await client.AssertResetAsync();
    }

    [Fact]
    public async Task Heal_ConnectionThatLostNothing_LivesOn()
    {
        using var client = await EstablishedAsync();
        _proxy.Drop();
        _proxy.Heal();
        await client.SendAsync(8);
        Assert.Equal([8], await client.ReceiveAsync(1));
    }

    [Fact]
    public async Task Refuse_OpenAndNewConnections_ResetAndRefused()
    {
        using var client = await EstablishedAsync();
        _proxy.Refuse();
        await client.AssertResetAsync();
        var error = await Assert.ThrowsAsync<SocketException>(() => TestClient.ConnectAsync(_proxy.Port));
        Assert.Equal(SocketError.ConnectionRefused, error.SocketErrorCode);

        var port = _proxy.Port;
        _proxy.Heal();
        Assert.Equal(port, _proxy.Port);
        using var next = await EstablishedAsync();
    }

    [Fact]
    public async Task Reset_OpenAndNewConnections_ResetAndForwarded()
    {
        using var client = await EstablishedAsync();
        _proxy.Reset();
        await client.AssertResetAsync();
        using var next = await EstablishedAsync();
    }

    [Fact]
    public async Task CutHalfOpen_OpenConnection_ServerReceivesAndClientHearsNothing()
    {
        using var client = await EstablishedAsync();
        _proxy.CutHalfOpen();
        await client.SendAsync(1, 2, 3);
        await Until.TrueAsync(() => _server.Received == 4, "the server has the bytes");
        Assert.True(await client.IsSilentAsync());
        _proxy.Heal();
        await client.AssertResetAsync();
        using var next = await EstablishedAsync();
    }

    [Fact]
    public async Task Heal_LatencyAndLimitSet_AreGone()
    {
        _proxy.Latency = TimeSpan.FromSeconds(5);
        _proxy.BytesPerSecond = 1;
        _proxy.Heal();
        Assert.Equal(TimeSpan.Zero, _proxy.Latency);
        Assert.Null(_proxy.BytesPerSecond);
        var watch = Stopwatch.StartNew();
        using var client = await EstablishedAsync();
        Assert.True(watch.Elapsed < TimeSpan.FromSeconds(2));
    }

    [Fact]
    public async Task Dispose_OpenConnection_IsResetAndPortIsFree()
    {
        using var client = await EstablishedAsync();
        var port = _proxy.Port;
        _proxy.Dispose();
        await client.AssertResetAsync();
        await Assert.ThrowsAsync<SocketException>(() => TestClient.ConnectAsync(port));
        Assert.Throws<ObjectDisposedException>(_proxy.Heal);
    }

    private async Task<TestClient> EstablishedAsync()
    {
        var client = await TestClient.ConnectAsync(_proxy.Port);
        await client.SendAsync(42);
        Assert.Equal([42], await client.ReceiveAsync(1));
        return client;
    }
}
