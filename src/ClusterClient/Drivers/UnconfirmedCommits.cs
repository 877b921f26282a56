using System.Collections.Concurrent;
using System.Data.Common;

namespace ClusterClient.Drivers;

/// <summary>
/// The connections of a node on which the server committed something without its replicas' word, until whoever uses them takes note. Thread-safe.
/// </summary>
internal sealed class UnconfirmedCommits
{
    private readonly ConcurrentDictionary<DbConnection, bool> _connections = [];
    private volatile int _count;

    public void Add(DbConnection connection)
    {
        if (_connections.TryAdd(connection, true))
        {
            Interlocked.Increment(ref _count);
        }
    }

    /// <summary>Whether there was one on this connection, which is forgotten by that. One read, while there is none anywhere.</summary>
    public bool Take(DbConnection connection)
    {
        if (_count == 0 || !_connections.TryRemove(connection, out _))
        {
            return false;
        }

        Interlocked.Decrement(ref _count);
        return true;
    }
}
