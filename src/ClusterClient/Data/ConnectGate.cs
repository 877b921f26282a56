using ClusterClient.Routing;

namespace ClusterClient.Data;

/// <summary>How many physical connections to one node are made at a time, so that a server is not stormed by those that lost it.</summary>
/// <remarks>
/// <see cref="Most"/> usually; <see cref="AtFirst"/> when the node has just risen, and evenly more until <see cref="SlowStart.Window"/> is
/// over. Those that had to wait for a node that has just risen each begin a little apart, or processes that lost the same server would go
/// on in step. The first ones never wait: a write after a failover is on its way at once. Thread-safe; the lock guards assignments, and the
/// one draw.
/// </remarks>
internal sealed class ConnectGate(Random jitter)
{
    public const int Most = 16;
    public const int AtFirst = 4;

    /// <summary>About as long as making a connection takes nearby.</summary>
    public static readonly TimeSpan LongestPause = TimeSpan.FromMilliseconds(5);

    private readonly Lock _gate = new();
    private readonly LinkedList<ConnectPass> _line = [];
    private long _risenAt = SlowStart.LongAgo;
    private int _connecting;

    /// <summary>How many connections are being made.</summary>
    public int Connecting => Volatile.Read(ref _connecting);

    /// <summary>A connection is to be made; <see cref="Exit"/> follows once it may have been begun, whatever came of it.</summary>
    /// <param name="risenAt">Since when the node serves as what it is, in µs.</param>
    /// <param name="now">The present time, in µs.</param>
    /// <returns>Null when it may be made at once; otherwise what is to be waited for.</returns>
    public ConnectPass? Enter(long risenAt, long now)
    {
        lock (_gate)
        {
            _risenAt = risenAt;
            if (_line.Count == 0 && _connecting < Width(now))
            {
                _connecting++;
                return null;
            }

            var pass = new ConnectPass();
            _line.AddLast(pass);
            return pass;
        }
    }

    /// <summary>It waits no longer. False when it was let in already, or sent away.</summary>
    public bool TryLeave(ConnectPass pass)
    {
        lock (_gate)
        {
            return _line.Remove(pass);
        }
    }

    /// <summary>The connection is made, or is not.</summary>
    public void Exit(long now)
    {
        lock (_gate)
        {
            _connecting--;
        }

        while (true)
        {
            ConnectPass pass;
            TimeSpan pause;
            lock (_gate)
            {
                if (_line.First is not { } first || _connecting >= Width(now))
                {
                    return;
                }

                pass = first.Value;
                _line.RemoveFirst();
                _connecting++;
                pause = SlowStart.IsOver(_risenAt, now) ? TimeSpan.Zero : LongestPause * jitter.NextDouble();
            }

            pass.TrySetResult(pause);
        }
    }

    /// <summary>Sends all that wait away: the node is not what they wanted any more.</summary>
    public void Release()
    {
        ConnectPass[] all;
        lock (_gate)
        {
            all = [.. _line];
            _line.Clear();
        }

        foreach (var pass in all)
        {
            pass.TrySetResult(null);
        }
    }

    private int Width(long now) => SlowStart.IsOver(_risenAt, now)
        ? Most
        : AtFirst + (int)((Most - AtFirst) * Math.Max(0, now - _risenAt) / SlowStart.Window);
}
