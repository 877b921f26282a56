using System.Data.Common;
using System.Runtime.CompilerServices;
using Npgsql;

namespace ClusterClient.Npgsql;

/// <summary>What is known of the driver's physical connections, each for as long as it stands. Thread-safe.</summary>
internal sealed class NpgsqlSessions
{
    private readonly ConditionalWeakTable<object, NpgsqlSession> _sessions = [];

    /// <summary>Null when the connection is closed.</summary>
    public NpgsqlSession? Of(DbConnection connection) =>
        NpgsqlAbort.Connector((NpgsqlConnection)connection) is { } physical ? _sessions.GetValue(physical, static _ => new()) : null;
}
