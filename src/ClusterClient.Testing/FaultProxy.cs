using System.Net;
using System.Net.Sockets;
using System.Text;
using ClusterClient.Testing.Faults;
using ClusterClient.Testing.Servers;

namespace ClusterClient.Testing;

/// <summary>
/// A TCP proxy on a loopback port that behaves as badly as it is told to. Without a fault it forwards at once and adds some
/// tens of microseconds to a round trip. It listens from its construction on.
/// </summary>
/// <threadsafety>Safe: faults may be set and healed from any thread, while connections are open.</threadsafety>
public sealed class FaultProxy : IAsyncDisposable, IDisposable
{
    private static readonly TimeSpan PauseAfterFailedAccept = TimeSpan.FromMilliseconds(10);

    private readonly IPEndPoint _target;
    private readonly LoopbackPort _port = new();
    private readonly LinkConditions _conditions = new();
    private readonly Lock _gate = new();
    private readonly HashSet<ProxiedConnection> _connections = [];
    private Socket? _listener;
    private bool _disposed;

    /// <summary>Starts a proxy on a free port of 127.0.0.1.</summary>
    /// <param name="target">Where connections are forwarded to. Nothing needs to listen there yet: until it does,
    /// connections are reset.</param>
    public FaultProxy(IPEndPoint target)
    {
        ArgumentNullException.ThrowIfNull(target);
        _target = target;
        Heal();
    }

    /// <summary>The port clients connect to; it stays the same through all faults.</summary>
    public int Port => _port.Number;

    /// <summary>
    /// How much later the answers of the server arrive; it is added once per round trip. Chunks keep their order and their
    /// distance, and throughput is not reduced. Applies to open connections too, from the next chunk on.
    /// </summary>
    /// <value>Zero or more; zero by default. Kept to about a millisecond, never early.</value>
    /// <exception cref="ArgumentOutOfRangeException">The value is negative.</exception>
    public TimeSpan Latency
    {
        get => _conditions.Latency;
        set
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(value, TimeSpan.Zero);
            _conditions.Latency = value;
        }
    }

    /// <summary>How many bytes a second each direction of each connection carries.</summary>
    /// <value>At least one; null, the default, for no limit.</value>
    /// <exception cref="ArgumentOutOfRangeException">The value is less than one.</exception>
    public long? BytesPerSecond
    {
        get => _conditions.BytesPerSecond is > 0 and var rate ? rate : null;
        set
        {
            if (value is { } rate)
                ArgumentOutOfRangeException.ThrowIfLessThan(rate, 1);
            _conditions.BytesPerSecond = value ?? 0;
        }
    }

    /// <summary>
    /// A black hole: everything sent in either direction is lost, ends of connections too. Connects still succeed, as they do
    /// at a server whose kernel answers for it, but nothing more is heard. <see cref="Heal"/> resets the connections that lost
    /// anything and those made meanwhile; the others live on.
    /// </summary>
    public void Drop() => Set(LinkFault.Dropped, listen: true, static _ => false);

    /// <summary>No server: connections are reset and new ones refused.</summary>
    public void Refuse() => Set(LinkFault.Refused, listen: false, static _ => true);

    /// <summary>Resets every open connection, once. New ones go through, unless another fault is set.</summary>
    public void Reset()
    {
        lock (_gate)
            ResetWhere_NeedsLock(static _ => true);
    }

    /// <summary>
    /// The link works in one direction only: the server receives what clients send, its answers are lost. New connections
    /// are made and see the same.
    /// </summary>
    public void CutHalfOpen() => Set(LinkFault.HalfOpen, listen: true, static _ => false);

    /// <summary>
    /// Sets a trap: when a client sends a text, such as COMMIT, its connection is cut, before or after the server gets it; the
    /// other connections are not disturbed. It works from the moment this returns, on open connections too. Of several traps the
    /// one set first takes a message.
    /// </summary>
    /// <remarks>
    /// <para>What is looked at is bytes, not messages. Before the server, the bytes that come in together with the end of the
    /// text are held back, and all after them. After the server, whatever it sends next is taken for the answer: with PostgreSQL
    /// that comes when a COMMIT is done, unless it raises a notice or the client has not waited for an earlier answer.</para>
    /// <para>The text is found wherever the client says it, in a comment or parameter, too. COMMIT is a word in
    /// <c>on commit drop</c>, not in <c>synchronous_commit</c>. PostgreSQL's wire ends a text by a zero, so <c>"COMMIT\0"</c> is
    /// found at the end of a statement only. A prepared statement is sent by its text once, then by its name: <c>"_p1\0"</c>.
    /// In an encrypted connection nothing is found.</para>
    /// </remarks>
    /// <param name="text">ASCII; looked for in either case and as whole words.</param>
    /// <param name="side">Whether the server still gets the message.</param>
    /// <param name="manner">What client and server see of the cut.</param>
    /// <param name="times">How many connections are cut, at least one. One that ends by itself before the answer counts as
    /// well.</param>
    /// <returns>The trap. It stays set until it has sprung so many times or is disposed, or until <see cref="Heal"/>.</returns>
    /// <exception cref="ArgumentException">The text is empty or not ASCII.</exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="times"/> is less than one.</exception>
    /// <exception cref="ObjectDisposedException">The proxy has been disposed.</exception>
    public ProxyTrap CutAt(string text, CutSide side, CutManner manner = CutManner.Reset, int times = 1)
    {
        ArgumentException.ThrowIfNullOrEmpty(text);
        if (!Ascii.IsValid(text))
            throw new ArgumentException("The text is looked for byte by byte and must be ASCII.", nameof(text));
        ArgumentOutOfRangeException.ThrowIfLessThan(times, 1);
        var trap = new ProxyTrap(_conditions.Traps, new TrapText(text), side, manner, times);
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            _conditions.Traps.Add(trap);
        }

        return trap;
    }

    /// <summary>Back to normal: no fault, no trap, no latency, no limit, listening again on the same port.</summary>
    public void Heal()
    {
        _conditions.Traps.DisarmAll();
        Latency = TimeSpan.Zero;
        BytesPerSecond = null;
        Set(LinkFault.None, listen: true, static connection => connection.HasLost);
    }

    /// <summary>Resets every connection, disarms every trap and stops listening.</summary>
    public void Dispose()
    {
        lock (_gate)
        {
            _disposed = true;
            _conditions.Traps.DisarmAll();
            StopListening_NeedsLock();
            ResetWhere_NeedsLock(static _ => true);
        }

        _port.Dispose();
    }

    /// <inheritdoc cref="Dispose"/>
    public ValueTask DisposeAsync()
    {
        Dispose();
        return ValueTask.CompletedTask;
    }

    private void Set(LinkFault fault, bool listen, Predicate<ProxiedConnection> reset)
    {
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            _conditions.Fault = fault;
            if (listen && _listener is null)
            {
                var listener = _listener = _port.Listen();

                // Whoever heals a proxy lends it none of its own ambient state.
                using (ExecutionContext.SuppressFlow())
                    _ = Task.Run(() => AcceptAsync(listener));
            }
            else if (!listen)
            {
                StopListening_NeedsLock();
            }

            ResetWhere_NeedsLock(reset);
        }
    }

    private void StopListening_NeedsLock()
    {
        if (_listener is not { } listener)
            return;
        _listener = null;
        try
        {
            // A close alone is not enough: if another thread is just starting a program, the new process has the socket too
            // until its exec, and for that moment the kernel would go on accepting.
            listener.Shutdown(SocketShutdown.Both);
        }
        catch (SocketException)
        {
        }

        listener.Dispose();
    }

    private async Task AcceptAsync(Socket listener)
    {
        while (true)
        {
            try
            {
                if (!TryServe(listener, await listener.AcceptAsync().ConfigureAwait(false)))
                    return;
            }
            catch (Exception e) when (e is SocketException or ObjectDisposedException)
            {
                lock (_gate)
                {
                    if (_listener != listener)
                        return;
                }

                // Out of descriptors, or the client has gone again: nothing that trying at once would better.
                await Task.Delay(PauseAfterFailedAccept, TimeProvider.System).ConfigureAwait(false);
            }
        }
    }

    private bool TryServe(Socket listener, Socket client)
    {
        var connection = new ProxiedConnection(client, _conditions);
        lock (_gate)
        {
            if (_listener != listener)
            {
                connection.Dispose();
                return false;
            }

            _connections.Add(connection);
        }

        _ = ServeAsync(connection);
        return true;
    }

    private async Task ServeAsync(ProxiedConnection connection)
    {
        await connection.RunAsync(_target).ConfigureAwait(false);
        lock (_gate)
            _connections.Remove(connection);
    }

    private void ResetWhere_NeedsLock(Predicate<ProxiedConnection> which)
    {
        foreach (var connection in _connections.Where(connection => which(connection)).ToArray())
            connection.Dispose();
    }
}
