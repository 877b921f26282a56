using System.Diagnostics;

namespace Failover;

/// <summary>The calls of the last two seconds.</summary>
internal sealed class CallLog
{
    public static readonly TimeSpan Window = TimeSpan.FromSeconds(2);

    private readonly Lock _gate = new();
    private readonly Queue<(long EndedAt, Call Call)> _calls = new();

    public void Add(Call call)
    {
        var now = Stopwatch.GetTimestamp();
        lock (_gate)
        {
            _calls.Enqueue((now, call));
            DropOld_NeedsLock(now);
        }
    }

    public Call[] Recent()
    {
        lock (_gate)
        {
            DropOld_NeedsLock(Stopwatch.GetTimestamp());
            return [.. _calls.Select(entry => entry.Call)];
        }
    }

    private void DropOld_NeedsLock(long now)
    {
        while (_calls.TryPeek(out var oldest) && Stopwatch.GetElapsedTime(oldest.EndedAt, now) > Window)
            _calls.Dequeue();
    }
}
