using System.Data.Common;
using ClusterClient.Consistency;
using ClusterClient.Topology;

namespace ClusterClient.Data;

/// <summary>When what one connection wrote had ended, so that its reads see it, also after it was closed and opened again.</summary>
/// <remarks>
/// A write whose rows are read is committed at the end of its reader, which is the driver's own and tells nobody; and some are made past this library.
/// Whatever may have ended unseen counts as ended when the next read asks: that is late, and so the read may go to the primary in vain, but never to a
/// replica too early.
/// </remarks>
internal sealed class OwnWrites(TimeProvider time)
{
    private WriteToken? _last;
    private DbDataReader? _reader;
    private volatile bool _isUnseen;

    /// <summary>Whatever was written has ended by now.</summary>
    public void Ended()
    {
        (_reader, _isUnseen) = (null, false);
        _last = new(time.GetTimestamp());
    }

    /// <summary>The write ends with this, or with whatever comes next on its connection.</summary>
    public void EndsWith(DbDataReader reader) => _reader = reader;

    /// <summary>Something has ended of which this was not told at the time. Thread-safe.</summary>
    public void EndedUnseen() => _isUnseen = true;

    /// <summary>Where its reader was the last on the connection, and another call begins there, that has ended.</summary>
    public void NextBegins()
    {
        if (_reader is not null)
        {
            Ended();
        }
    }

    /// <summary>What a read that begins now must show; null for nothing in particular.</summary>
    /// <param name="topology">What is known.</param>
    /// <param name="goesOn">Whether something may be writing that is not seen.</param>
    public WriteToken? Before(ClusterTopology topology, bool goesOn)
    {
        if (_isUnseen || goesOn || _reader is not null)
        {
            var unfinished = _reader is { IsClosed: false } ? _reader : null;
            Ended();
            _reader = unfinished;
        }

        return _last = _last?.In(topology);
    }
}
