using System.Buffers;
using System.Net.Sockets;

namespace ClusterClient.Testing.Faults;

/// <summary>One direction of a proxied connection.</summary>
internal sealed class Relay
{
    private const int BufferSize = 64 * 1024;

    // A throttled direction moves in steps of about this part of a second instead of one buffer at a time.
    private const int StepsPerSecond = 50;

    private readonly Socket _from;
    private readonly Socket _to;
    private readonly LinkConditions _conditions;
    private readonly TrapWatch _traps;
    private readonly bool _towardsClient;
    private readonly CancellationToken _ended;

    public Relay(Socket from, Socket to, LinkConditions conditions, TrapWatch traps, bool towardsClient, CancellationToken ended)
    {
        _from = from;
        _to = to;
        _conditions = conditions;
        _traps = traps;
        _towardsClient = towardsClient;
        _ended = ended;
    }

    /// <summary>Whether the link swallowed anything: what follows would make no sense to the receiver.</summary>
    public bool HasLost { get; private set; }

    /// <summary>Forwards until the sender's end; throws when either side breaks.</summary>
    public async Task RunAsync()
    {
        var buffer = ArrayPool<byte>.Shared.Rent(BufferSize);
        DelayLine? line = null;
        var lineRunning = Task.CompletedTask;
        try
        {
            int count;
            do
            {
                count = await ReceiveAsync(buffer).ConfigureAwait(false);
                if (line is null or { IsEmpty: true } && IsDirect)
                {
                    await DeliverAsync(buffer.AsMemory(0, count)).ConfigureAwait(false);
                    continue;
                }

                if (line is null)
                {
                    line = new DelayLine(this, _conditions, _towardsClient, _ended);
                    lineRunning = line.RunAsync();
                }

                if (lineRunning.IsFaulted)
                    await lineRunning.ConfigureAwait(false);
                await line.EnterAsync(buffer.AsSpan(0, count)).ConfigureAwait(false);
            }
            while (count > 0);
            line?.Complete();
            await lineRunning.ConfigureAwait(false);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    /// <summary>Sends bytes on, or swallows them; no bytes mean the sender's end.</summary>
    public async ValueTask DeliverAsync(ReadOnlyMemory<byte> bytes)
    {
        if (_conditions.Swallows(_towardsClient) || _traps.Cuts(bytes.Span, _towardsClient))
        {
            HasLost = true;
            return;
        }

        if (bytes.IsEmpty)
            _to.Shutdown(SocketShutdown.Send);
        while (!bytes.IsEmpty)
            bytes = bytes[await _to.SendAsync(bytes, _ended).ConfigureAwait(false)..];
    }

    private bool IsDirect => _conditions.BytesPerSecond == 0 && _conditions.LatencyTowards(_towardsClient) == TimeSpan.Zero;

    private async ValueTask<int> ReceiveAsync(byte[] buffer)
    {
        var rate = _conditions.BytesPerSecond;
        var size = rate == 0 ? buffer.Length : (int)Math.Clamp(rate / StepsPerSecond, 1, buffer.Length);
        try
        {
            return await _from.ReceiveAsync(buffer.AsMemory(0, size), _ended).ConfigureAwait(false);
        }
        catch (SocketException) when (_conditions.Swallows(_towardsClient) || _traps.IsCut)
        {
            // A reset is a packet like any other: it does not get through a dead link.
            return 0;
        }
    }
}
