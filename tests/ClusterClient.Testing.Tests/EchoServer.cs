using System.Net;
using System.Net.Sockets;

namespace ClusterClient.Testing.Tests;

/// <summary>Sends back what it receives, at once or when told to, and remembers how much that was.</summary>
internal sealed class EchoServer : IDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly List<Socket> _open = [];
    private long _received;
    private int _ended;

    public EchoServer()
    {
        _listener.Start();
        _ = AcceptAsync();
    }

    public IPEndPoint EndPoint => (IPEndPoint)_listener.LocalEndpoint;

    public long Received => Volatile.Read(ref _received);

    /// <summary>How many connections the other side has ended, properly or not.</summary>
    public int Ended => Volatile.Read(ref _ended);

    /// <summary>What is received is sent back when this has completed.</summary>
    public Task Permission { get; set; } = Task.CompletedTask;

    public void CloseConnections()
    {
        lock (_open)
            _open.ForEach(socket => socket.Shutdown(SocketShutdown.Both));
    }

    public void ResetConnections()
    {
        lock (_open)
        {
            foreach (var socket in _open)
            {
                socket.LingerState = new LingerOption(true, 0);
                socket.Dispose();
            }
        }
    }

    public void Dispose()
    {
        _listener.Dispose();
        lock (_open)
            _open.ForEach(socket => socket.Dispose());
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                var socket = await _listener.AcceptSocketAsync();
                socket.NoDelay = true;
                lock (_open)
                    _open.Add(socket);
                _ = EchoAsync(socket);
            }
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
        }
    }

    private async Task EchoAsync(Socket socket)
    {
        var buffer = new byte[64 * 1024];
        try
        {
            while (await socket.ReceiveAsync(buffer) is > 0 and var count)
            {
                Interlocked.Add(ref _received, count);
                await Permission;
                await socket.SendAsync(buffer.AsMemory(0, count));
            }

            socket.Shutdown(SocketShutdown.Send);
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
        }

        Interlocked.Increment(ref _ended);
    }
}
