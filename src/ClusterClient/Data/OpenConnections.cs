using System.Data.Common;

namespace ClusterClient.Data;

/// <summary>
/// The connections of this process that are open to one node, so that they can be ended under their users when it hangs or is
/// fenced. A list threaded through the connections themselves: a place in it costs no allocation, and its lock guards a few
/// assignments.
/// </summary>
internal sealed class OpenConnections
{
    private readonly Lock _gate = new();
    private ClusterConnection? _first;

    public void Add(ClusterConnection connection)
    {
        lock (_gate)
        {
            connection.NextOpen = _first;
            if (_first is not null)
            {
                _first.PreviousOpen = connection;
            }

            _first = connection;
        }
    }

    public void Remove(ClusterConnection connection)
    {
        lock (_gate)
        {
            if (connection.PreviousOpen is { } previous)
            {
                previous.NextOpen = connection.NextOpen;
            }
            else if (ReferenceEquals(_first, connection))
            {
                _first = connection.NextOpen;
            }

            if (connection.NextOpen is { } next)
            {
                next.PreviousOpen = connection.PreviousOpen;
            }

            connection.NextOpen = connection.PreviousOpen = null;
        }
    }

    /// <summary>What abandons the calls that run now, where the driver's connections cannot be ended.</summary>
    public List<Func<Exception, bool>> Calls()
    {
        var calls = new List<Func<Exception, bool>>();
        lock (_gate)
        {
            for (var at = _first; at is not null; at = at.NextOpen)
            {
                if (at.AbandonCall is { } abandon)
                {
                    calls.Add(abandon);
                }
            }
        }

        return calls;
    }

    /// <summary>The driver's connections that are open now. One may be closed by the time it is looked at.</summary>
    public List<DbConnection> Snapshot()
    {
        var natives = new List<DbConnection>();
        lock (_gate)
        {
            for (var at = _first; at is not null; at = at.NextOpen)
            {
                if (at.NativeOrNull is { } native)
                {
                    natives.Add(native);
                }
            }
        }

        return natives;
    }
}
