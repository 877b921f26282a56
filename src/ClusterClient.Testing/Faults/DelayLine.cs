using System.Buffers;
using System.Net.Sockets;
using System.Threading.Channels;

namespace ClusterClient.Testing.Faults;

/// <summary>
/// Carries chunks in order, each delivered a latency after it came in. Reading goes on meanwhile, so chunks keep their distance
/// from each other and throughput stays what it was: a long wire, not a slow reader. With a limit of bytes per second the
/// wire's entrance is also narrow: a chunk leaves it only when all before it have, and size/rate later.
/// </summary>
internal sealed class DelayLine(Relay relay, LinkConditions conditions, bool towardsClient, CancellationToken ended)
{
    // 1024 chunks of at most 64 KiB: 100 ms at 640 MB/s.
    private readonly Channel<Chunk> _chunks = Channel.CreateBounded<Chunk>(
        new BoundedChannelOptions(1024) { SingleReader = true, SingleWriter = true });
    private readonly TimeProvider _time = TimeProvider.System;
    private int _inside;
    private long _entranceFree;

    /// <summary>False while anything is still under way: it must arrive before what comes later.</summary>
    public bool IsEmpty => Volatile.Read(ref _inside) == 0;

    /// <summary>Takes a copy of the bytes; no bytes mean the sender's end.</summary>
    public ValueTask EnterAsync(ReadOnlySpan<byte> bytes)
    {
        var copy = ArrayPool<byte>.Shared.Rent(Math.Max(1, bytes.Length));
        bytes.CopyTo(copy);
        Interlocked.Increment(ref _inside);
        _entranceFree = Math.Max(_entranceFree, _time.GetTimestamp());
        if (conditions.BytesPerSecond is > 0 and var rate)
            _entranceFree += (long)((double)bytes.Length / rate * _time.TimestampFrequency);
        var latency = conditions.LatencyTowards(towardsClient);
        var due = _entranceFree + (long)(latency.TotalSeconds * _time.TimestampFrequency);
        return _chunks.Writer.WriteAsync(new Chunk(copy, bytes.Length, due), ended);
    }

    public void Complete() => _chunks.Writer.TryComplete();

    public async Task RunAsync()
    {
        await foreach (var chunk in _chunks.Reader.ReadAllAsync(ended).ConfigureAwait(false))
        {
            while (Remaining(chunk.Due) is { Ticks: > 0 } wait)
                await Task.Delay(wait, _time, ended).ConfigureAwait(false);
            await relay.DeliverAsync(chunk.Bytes.AsMemory(0, chunk.Length)).ConfigureAwait(false);
            ArrayPool<byte>.Shared.Return(chunk.Bytes);
            Interlocked.Decrement(ref _inside);
        }
    }

    // Timers count whole milliseconds and would round down: late by a part of one rather than spinning through it.
    private TimeSpan Remaining(long due)
    {
        var left = due - _time.GetTimestamp();
        return TimeSpan.FromMilliseconds(Math.Ceiling(left * 1000.0 / _time.TimestampFrequency));
    }

    private readonly record struct Chunk(byte[] Bytes, int Length, long Due);
}
