using System.Net;
using System.Net.Sockets;

namespace ClusterClient.Testing.Faults;

/// <summary>A client's connection, the one to the server made for it, and a relay each way.</summary>
internal sealed class ProxiedConnection : IDisposable
{
    private readonly Socket _client;
    private readonly Socket _server = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
    private readonly CancellationTokenSource _ended = new();
    private readonly TrapWatch _traps;
    private readonly Relay _up;
    private readonly Relay _down;
    private readonly bool _acceptedIntoSilence;

    public ProxiedConnection(Socket client, LinkConditions conditions)
    {
        client.NoDelay = true;
        _client = client;
        _acceptedIntoSilence = conditions.Fault == LinkFault.Dropped;
        _traps = new TrapWatch(conditions.Traps, reset: Dispose);
        _up = new Relay(client, _server, conditions, _traps, towardsClient: false, _ended.Token);
        _down = new Relay(_server, client, conditions, _traps, towardsClient: true, _ended.Token);
    }

    /// <summary>Whether this connection missed something, or is just about to, and is of no use any more.</summary>
    public bool HasLost => _acceptedIntoSilence || _traps.IsCut || _up.HasLost || _down.HasLost;

    /// <summary>Forwards until both sides have ended, one of them broke, or <see cref="Dispose"/>. Never throws.</summary>
    public async Task RunAsync(IPEndPoint target)
    {
        try
        {
            if (!_acceptedIntoSilence)
            {
                await _server.ConnectAsync(target, _ended.Token).ConfigureAwait(false);
                await Task.WhenAll(GuardAsync(_up), GuardAsync(_down)).ConfigureAwait(false);
            }

            // Neither side may learn of an end that the link swallowed.
            if (HasLost)
                await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, _ended.Token).ConfigureAwait(false);
            _client.Dispose();
            _server.Dispose();
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException or OperationCanceledException)
        {
        }
        finally
        {
            Dispose();
        }
    }

    /// <summary>Ends both sides with a reset.</summary>
    public void Dispose()
    {
        Reset(_client);
        Reset(_server);
        _ended.Cancel();
    }

    // One side's break is the other's too, at once and not only when that other happens to speak.
    private async Task GuardAsync(Relay relay)
    {
        try
        {
            await relay.RunAsync().ConfigureAwait(false);
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    private static void Reset(Socket socket)
    {
        try
        {
            // Lingering for no time is how a socket is told to send a reset instead of a proper end.
            socket.LingerState = new LingerOption(true, 0);
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
        }

        socket.Dispose();
    }
}
