using System.Net;
using System.Net.Sockets;

namespace ClusterClient.Testing.Servers;

/// <summary>
/// A port of 127.0.0.1 that stays ours while nothing listens on it. It is held by a bound socket that never listens: connects
/// are refused, a listener that sets SO_REUSEADDR (PostgreSQL does, .NET does) may still take it, and the kernel gives it to
/// nobody who asks for any port. Without that, a dead server's port could be somebody else's before its restart.
/// </summary>
internal sealed class LoopbackPort : IDisposable
{
    private const int Backlog = 512;

    private readonly Socket _held = NewSocket();

    public LoopbackPort()
    {
        _held.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        Number = ((IPEndPoint)_held.LocalEndPoint!).Port;
    }

    public int Number { get; }

    public Socket Listen()
    {
        var listener = NewSocket();
        try
        {
            listener.Bind(new IPEndPoint(IPAddress.Loopback, Number));
            listener.Listen(Backlog);
            return listener;
        }
        catch
        {
            listener.Dispose();
            throw;
        }
    }

    public void Dispose() => _held.Dispose();

    private static Socket NewSocket() => new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
}
