using System.Net.Sockets;
using System.Text;

namespace ClusterClient.Testing.Tests;

public sealed class ProxyTrapTests : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);
    private static readonly byte[] Message = Wire.Query("COMMIT");

    private readonly EchoServer _server = new();
    private readonly FaultProxy _proxy;

    public ProxyTrapTests() => _proxy = new FaultProxy(_server.EndPoint);

    public void Dispose()
    {
        _proxy.Dispose();
        _server.Dispose();
    }

    [Theory]
    [InlineData(CutSide.BeforeServer)]
    [InlineData(CutSide.AfterServer)]
    public async Task CutAt_Reset_BothSidesAreResetOnTheWantedSideOfTheServer(CutSide side)
    {
        using var client = await EstablishedAsync();
        var trap = _proxy.CutAt("COMMIT", side);
        await client.SendAsync(Message);
        await trap.Sprung.WaitAsync(Patience);
        await client.AssertResetAsync();
        await Until.TrueAsync(() => _server.Ended == 1, "the server's connection has ended");
        Assert.Equal(1 + (side == CutSide.AfterServer ? Message.Length : 0), _server.Received);
        Assert.Equal(1, trap.Cuts);
    }

    [Theory]
    [InlineData(CutSide.BeforeServer)]
    [InlineData(CutSide.AfterServer)]
    public async Task CutAt_Drop_NeitherSideIsToldUntilHeal(CutSide side)
    {
        using var client = await EstablishedAsync();
        var trap = _proxy.CutAt("COMMIT", side, CutManner.Drop);
        await client.SendAsync(Message);
        await trap.Sprung.WaitAsync(Patience);
        await client.SendAsync(1, 2, 3);
        client.ShutdownSend();
        Assert.True(await client.IsSilentAsync());
        Assert.Equal(0, _server.Ended);
        Assert.Equal(1 + (side == CutSide.AfterServer ? Message.Length : 0), _server.Received);
        _proxy.Heal();
        await client.AssertResetAsync();
        await Until.TrueAsync(() => _server.Ended == 1, "the server's connection has ended");
    }

    [Fact]
    public async Task CutAt_DropAndServerResets_ClientIsNotTold()
    {
        using var client = await EstablishedAsync();
        var trap = _proxy.CutAt("COMMIT", CutSide.AfterServer, CutManner.Drop);
        await client.SendAsync(Message);
        await trap.Sprung.WaitAsync(Patience);
        _server.ResetConnections();
        Assert.True(await client.IsSilentAsync());
    }

    [Theory]
    [InlineData(1)]
    [InlineData(6)]
    [InlineData(10)]
    public async Task CutAt_MessageInTwoReads_IsFound(int split)
    {
        using var client = await EstablishedAsync();
        var trap = _proxy.CutAt("COMMIT", CutSide.BeforeServer);
        await client.SendAsync(Message[..split]);
        Assert.Equal(Message[..split], await client.ReceiveAsync(split));
        await client.SendAsync(Message[split..]);
        await trap.Sprung.WaitAsync(Patience);
        await client.AssertResetAsync();
        Assert.Equal(1 + split, _server.Received);
    }

    [Fact]
    public async Task CutAt_MessageByteByByte_IsFoundWithItsLastLetter()
    {
        using var client = await EstablishedAsync();
        var trap = _proxy.CutAt("COMMIT", CutSide.BeforeServer);
        foreach (var letter in Message[..^2])
        {
            await client.SendAsync(letter);
            Assert.Equal([letter], await client.ReceiveAsync(1));
        }

        Assert.Equal(0, trap.Cuts);
        await client.SendAsync(Message[^2]);
        await client.AssertResetAsync();
        await trap.Sprung.WaitAsync(Patience);
    }

    [Fact]
    public async Task CutAt_BeganBeforeTheTrapWasSet_IsNotFound()
    {
        using var client = await EstablishedAsync();
        using (_proxy.CutAt("COMMIT", CutSide.BeforeServer))
            await EchoAsync(client, "COM");
        await EchoAsync(client, "...");
        using var trap = _proxy.CutAt("COMMIT", CutSide.BeforeServer);
        await EchoAsync(client, "MIT");
        await EchoAsync(client, ";COM");
        Assert.Equal(0, trap.Cuts);
        await client.SendAsync("MIT"u8.ToArray());
        await client.AssertResetAsync();
    }

    [Fact]
    public async Task CutAt_SentBeforeTheTrapWasSet_IsNotFoundAgain()
    {
        using var client = await EstablishedAsync();
        using var other = _proxy.CutAt("something much longer", CutSide.BeforeServer);
        await EchoAsync(client, "COMMIT");
        using var trap = _proxy.CutAt("COMMIT", CutSide.BeforeServer);
        await EchoAsync(client, ";BEGIN");
        Assert.Equal(0, trap.Cuts);
    }

    [Theory]
    [InlineData(CutSide.BeforeServer, CutManner.Reset)]
    [InlineData(CutSide.BeforeServer, CutManner.Drop)]
    [InlineData(CutSide.AfterServer, CutManner.Reset)]
    [InlineData(CutSide.AfterServer, CutManner.Drop)]
    public async Task CutAt_OtherConnections_AreNotDisturbed(CutSide side, CutManner manner)
    {
        using var bystander = await EstablishedAsync();
        using var client = await EstablishedAsync();
        var trap = _proxy.CutAt("COMMIT", side, manner);
        await EchoAsync(bystander, "set synchronous_commit = off");
        await client.SendAsync(Message);
        await EchoAsync(bystander, "BEGIN");
        await trap.Sprung.WaitAsync(Patience);
        await EchoAsync(bystander, "COMMIT");
        using var next = await EstablishedAsync();
        await EchoAsync(next, "COMMIT");
        Assert.Equal(1, trap.Cuts);
    }

    [Fact]
    public async Task CutAt_AfterServer_ForwardsTheRestOfTheMessageUntilTheAnswer()
    {
        using var client = await EstablishedAsync();
        var permission = Hold();
        var trap = _proxy.CutAt("COMMIT", CutSide.AfterServer);
        await client.SendAsync(Message);
        await Until.TrueAsync(() => _server.Received == 1 + Message.Length, "the server has the message");
        await client.SendAsync(new byte[100_000]);
        Assert.True(await client.IsSilentAsync());
        Assert.Equal(0, trap.Cuts);
        permission.SetResult();
        await client.AssertResetAsync();
        Assert.Equal(1, trap.Cuts);
    }

    [Theory]
    [InlineData(100, null)]
    [InlineData(0, 2_000L)]
    [InlineData(100, 2_000L)]
    public async Task CutAt_FarOrNarrowLink_CutsAllTheSame(int latency, long? bytesPerSecond)
    {
        foreach (var side in Enum.GetValues<CutSide>())
        {
            using var client = await EstablishedAsync();
            _proxy.Latency = TimeSpan.FromMilliseconds(latency);
            _proxy.BytesPerSecond = bytesPerSecond;
            await EchoAsync(client, "BEGIN");
            var trap = _proxy.CutAt("COMMIT", side);
            await client.SendAsync(Message);
            await client.AssertResetAsync();
            await trap.Sprung.WaitAsync(Patience);
        }
    }

    [Fact]
    public async Task CutAt_Times_CutsSoManyAndNoMore()
    {
        var trap = _proxy.CutAt("COMMIT", CutSide.AfterServer, CutManner.Reset, times: 10);
        var cut = await Task.WhenAll(Enumerable.Range(0, 30).Select(async _ =>
        {
            using var client = await EstablishedAsync();
            await client.SendAsync(Message);
            try
            {
                return (await client.ReceiveAsync(Message.Length)).Length == 0;
            }
            catch (SocketException e) when (e.SocketErrorCode == SocketError.ConnectionReset)
            {
                return true;
            }
        }));
        Assert.Equal(10, cut.Count(it => it));
        Assert.Equal(10, trap.Cuts);
    }

    [Fact]
    public async Task CutAt_SeveralTraps_EachTakesItsOwn()
    {
        var alpha = _proxy.CutAt("alpha", CutSide.BeforeServer);
        var beta = _proxy.CutAt("beta", CutSide.AfterServer, CutManner.Drop);
        using var first = await EstablishedAsync();
        using var second = await EstablishedAsync();
        await second.SendAsync("BETA"u8.ToArray());
        await beta.Sprung.WaitAsync(Patience);
        Assert.Equal(0, alpha.Cuts);
        await first.SendAsync("ALPHA"u8.ToArray());
        await first.AssertResetAsync();
        Assert.True(await second.IsSilentAsync());
        Assert.Equal((1, 1), (alpha.Cuts, beta.Cuts));
    }

    [Fact]
    public async Task CutAt_SeveralTrapsForOneText_AreTakenInTheirOrder()
    {
        var first = _proxy.CutAt("COMMIT", CutSide.AfterServer, CutManner.Drop);
        var second = _proxy.CutAt("COMMIT", CutSide.AfterServer);
        using var client = await EstablishedAsync();
        await client.SendAsync(Message);
        await first.Sprung.WaitAsync(Patience);
        Assert.Equal(0, second.Cuts);
        using var next = await EstablishedAsync();
        await next.SendAsync(Message);
        await next.AssertResetAsync();
        Assert.Equal((1, 1), (first.Cuts, second.Cuts));
        Assert.True(await client.IsSilentAsync());
    }

    [Fact]
    public async Task Dispose_Armed_LetsMessagesThroughAndCancelsTheWait()
    {
        var trap = _proxy.CutAt("COMMIT", CutSide.BeforeServer);
        var rest = _proxy.CutAt("COMMIT", CutSide.BeforeServer, times: 2);
        using var client = await EstablishedAsync();
        trap.Dispose();
        await client.SendAsync(Message);
        await client.AssertResetAsync();
        rest.Dispose();
        using var next = await EstablishedAsync();
        await EchoAsync(next, "COMMIT");
        await Assert.ThrowsAsync<TaskCanceledException>(() => trap.Sprung);
        await rest.Sprung;
        Assert.Equal((0, 1), (trap.Cuts, rest.Cuts));
    }

    [Fact]
    public async Task Dispose_MessageUnanswered_LetsTheAnswerThrough()
    {
        using var client = await EstablishedAsync();
        var permission = Hold();
        var trap = _proxy.CutAt("COMMIT", CutSide.AfterServer);
        await client.SendAsync(Message);
        await Until.TrueAsync(() => _server.Received == 1 + Message.Length, "the server has the message");
        trap.Dispose();
        permission.SetResult();
        Assert.Equal(Message, await client.ReceiveAsync(Message.Length));
        Assert.Equal(0, trap.Cuts);
    }

    [Fact]
    public async Task HealAndDisposeOfTheProxy_Armed_DisarmIt()
    {
        var healed = _proxy.CutAt("COMMIT", CutSide.BeforeServer);
        _proxy.Heal();
        using var client = await EstablishedAsync();
        await EchoAsync(client, "COMMIT");
        await Assert.ThrowsAsync<TaskCanceledException>(() => healed.Sprung);
        var trap = _proxy.CutAt("COMMIT", CutSide.BeforeServer);
        _proxy.Dispose();
        await Assert.ThrowsAsync<TaskCanceledException>(() => trap.Sprung);
        Assert.Throws<ObjectDisposedException>(() => _proxy.CutAt("COMMIT", CutSide.BeforeServer));
    }

    [Fact]
    public async Task CutAt_ServerEndsInsteadOfAnswering_IsNoCut()
    {
        using var client = await EstablishedAsync();
        Hold();
        var trap = _proxy.CutAt("COMMIT", CutSide.AfterServer);
        await client.SendAsync(Message);
        await Until.TrueAsync(() => _server.Received == 1 + Message.Length, "the server has the message");
        _server.CloseConnections();
        Assert.Empty(await client.ReceiveAsync(1));
        Assert.Equal(0, trap.Cuts);
    }

    [Fact]
    public void CutAt_WrongArguments_Throws()
    {
        Assert.Throws<ArgumentException>(() => _proxy.CutAt("", CutSide.BeforeServer));
        Assert.Throws<ArgumentException>(() => _proxy.CutAt("größer", CutSide.BeforeServer));
        Assert.Throws<ArgumentOutOfRangeException>(() => _proxy.CutAt("COMMIT", CutSide.BeforeServer, times: 0));
    }

    private TaskCompletionSource Hold()
    {
        var permission = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _server.Permission = permission.Task;
        return permission;
    }

    private async Task<TestClient> EstablishedAsync()
    {
        var client = await TestClient.ConnectAsync(_proxy.Port);
        await client.SendAsync(42);
        Assert.Equal([42], await client.ReceiveAsync(1));
        return client;
    }

    private static async Task EchoAsync(TestClient client, string text)
    {
        await client.SendAsync(Encoding.ASCII.GetBytes(text));
        Assert.Equal(text, Encoding.ASCII.GetString(await client.ReceiveAsync(text.Length)));
    }
}
