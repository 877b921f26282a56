using System.Net;
using System.Net.Sockets;

namespace ClusterClient.Testing.Tests;

/// <summary>A TCP client whose every answer has a name: bytes, an end, a reset, or silence.</summary>
internal sealed class TestClient : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    private readonly Socket _socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };

    public static async Task<TestClient> ConnectAsync(int port)
    {
        var client = new TestClient();
        await client._socket.ConnectAsync(IPAddress.Loopback, port);
        return client;
    }

    public async Task SendAsync(params byte[] bytes) => await _socket.SendAsync(bytes);

    public void ShutdownSend() => _socket.Shutdown(SocketShutdown.Send);

    /// <summary>Up to <paramref name="count"/> bytes; fewer when the other side ends first.</summary>
    public async Task<byte[]> ReceiveAsync(int count)
    {
        using var deadline = new CancellationTokenSource(Patience);
        var bytes = new byte[count];
        var have = 0;
        while (have < count && await _socket.ReceiveAsync(bytes.AsMemory(have), deadline.Token) is > 0 and var more)
            have += more;
        return bytes[..have];
    }

    /// <summary>True when neither bytes nor an end arrive for 150 ms.</summary>
    public async Task<bool> IsSilentAsync()
    {
        using var enough = new CancellationTokenSource(150);
        try
        {
            await _socket.ReceiveAsync(new byte[1], enough.Token);
            return false;
        }
        catch (OperationCanceledException)
        {
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }

    /// <summary>Fails unless the connection is, or is about to be, reset.</summary>
    public async Task AssertResetAsync()
    {
        var error = await Assert.ThrowsAsync<SocketException>(() => ReceiveAsync(1));
        Assert.Equal(SocketError.ConnectionReset, error.SocketErrorCode);
    }

    /// <summary>Fails unless a new connection is reset, which may be as early as in the connect itself.</summary>
    public static async Task AssertConnectIsResetAsync(int port)
    {
        var error = await Assert.ThrowsAsync<SocketException>(async () =>
        {
            using var client = await ConnectAsync(port);
            await client.ReceiveAsync(1);
        });
        Assert.Equal(SocketError.ConnectionReset, error.SocketErrorCode);
    }

    public void Dispose() => _socket.Dispose();
}
