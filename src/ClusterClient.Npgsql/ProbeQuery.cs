using System.Globalization;
using ClusterClient.Topology;
using Npgsql;
using NpgsqlTypes;

namespace ClusterClient.Npgsql;

/// <summary>The one query of a look, and how its row is read.</summary>
internal static class ProbeQuery
{
    /// <summary>
    /// One row with all that routing needs, open to any role that may log in, from PostgreSQL 13 on.
    /// </summary>
    /// <remarks>
    /// <para>
    /// The traps in it. The timeline of <c>pg_control_checkpoint()</c> is the old one until the first checkpoint after a promotion;
    /// a primary's WAL file name has the new one at once. A standby's own is its receiver's, which a role outside <c>pg_monitor</c>
    /// sees as NULL and which is absent while the upstream is away; then the control file gives a lower bound. Functions for
    /// primaries raise errors on standbys and the other way round, so the role is asked first and everything hangs on that answer.
    /// On a primary, the last replayed position is where its recovery ended: the fork, for certain if it has received from another
    /// server since it was started.
    /// </para>
    /// <para>
    /// Every process asks it all the time, so it must stay cheap. <c>pg_stat_activity</c> writes out every session with its statement
    /// and address: 0.35 ms beside 200 sessions, where the functions under it, asked for two numbers, take 0.03 ms. Prepared, the
    /// whole takes 0.08 ms beside 5 sessions and 0.12 ms beside 200; without the counts and limits it took 0.05 ms, and 0.2 ms
    /// unprepared. A session without a database is no client's; one that has begun a transaction is at work.
    /// </para>
    /// <para>
    /// The last column is the server's part of the look. The transaction's time is that of the message which began it, so that
    /// parsing and planning are in it too; the statement's time is that of the last message and would leave them out.
    /// </para>
    /// </remarks>
    private const string Text =
        """
        SELECT recovering,
               (SELECT system_identifier FROM pg_catalog.pg_control_system()),
               CASE WHEN recovering THEN receiver.tli ELSE ('x' || left(pg_catalog.pg_walfile_name(pg_catalog.pg_current_wal_lsn()), 8))::bit(32)::int END,
               CASE WHEN recovering THEN greatest((SELECT timeline_id FROM pg_catalog.pg_control_checkpoint()),
                                                  (SELECT min_recovery_end_timeline FROM pg_catalog.pg_control_recovery())) END,
               CASE WHEN recovering THEN pg_catalog.pg_last_wal_replay_lsn() ELSE pg_catalog.pg_current_wal_lsn() END,
               CASE WHEN NOT recovering THEN pg_catalog.pg_last_wal_replay_lsn() END,
               CASE WHEN recovering THEN extract(epoch FROM pg_catalog.clock_timestamp() - pg_catalog.pg_last_xact_replay_timestamp())::float8 END,
               pg_catalog.current_setting('transaction_read_only') = 'on',
               sessions.at_work,
               sessions.everybody,
               pg_catalog.current_setting('max_connections')::int - pg_catalog.current_setting('superuser_reserved_connections')::int
                   - coalesce(pg_catalog.current_setting('reserved_connections', true), '0')::int,
               sessions.of_role, CASE WHEN own.rolsuper THEN -1 ELSE own.rolconnlimit END,
               sessions.of_database, CASE WHEN own.rolsuper THEN -1 ELSE here.datconnlimit END,
               pg_catalog.pg_last_wal_receive_lsn() IS NOT NULL,
               CASE WHEN NOT recovering THEN pg_catalog.pg_current_wal_insert_lsn() END,
               NOT recovering AND pg_catalog.current_setting('synchronous_standby_names') <> ''
                   AND pg_catalog.current_setting('synchronous_commit') NOT IN ('off', 'local'),
               extract(epoch FROM pg_catalog.clock_timestamp() - pg_catalog.transaction_timestamp())::float8
        FROM (SELECT pg_catalog.pg_is_in_recovery() AS recovering OFFSET 0) AS role
        LEFT JOIN (SELECT received_tli AS tli FROM pg_catalog.pg_stat_wal_receiver) AS receiver ON true
        CROSS JOIN (SELECT oid, rolconnlimit, rolsuper FROM pg_catalog.pg_roles WHERE rolname = session_user) AS own
        CROSS JOIN (SELECT oid, datconnlimit FROM pg_catalog.pg_database WHERE datname = pg_catalog.current_database()) AS here
        CROSS JOIN LATERAL
             (SELECT count(*) FILTER (WHERE pg_catalog.pg_stat_get_backend_dbid(id) <> 0)::int AS everybody,
                     count(*) FILTER (WHERE pg_catalog.pg_stat_get_backend_dbid(id) <> 0
                                        AND pg_catalog.pg_stat_get_backend_xact_start(id) IS NOT NULL
                                        AND pg_catalog.pg_stat_get_backend_pid(id) <> pg_catalog.pg_backend_pid())::int AS at_work,
                     count(*) FILTER (WHERE pg_catalog.pg_stat_get_backend_userid(id) = own.oid)::int AS of_role,
                     count(*) FILTER (WHERE pg_catalog.pg_stat_get_backend_dbid(id) = here.oid)::int AS of_database
              FROM pg_catalog.pg_stat_get_backend_idset() AS id) AS sessions
        """;

    private const int PageSize = 8_192;
    private const int LongestPageHeader = 40;

    public static NpgsqlCommand On(NpgsqlConnection connection) => new(Text, connection);

    public static async Task<NodeFacts> AskAsync(NpgsqlCommand command)
    {
        var reader = await command.ExecuteReaderAsync().ConfigureAwait(false);
        await using (reader.ConfigureAwait(false))
        {
            await reader.ReadAsync().ConfigureAwait(false);
            return Read(reader);
        }
    }

    private static NodeFacts Read(NpgsqlDataReader reader)
    {
        var recovering = reader.GetBoolean(0);
        var certain = reader.IsDBNull(2) ? (int?)null : reader.GetInt32(2);
        var atLeast = reader.IsDBNull(3) ? 0 : reader.GetInt32(3);
        var room = Room(reader, 9).Tighter(Room(reader, 11)).Tighter(Room(reader, 13));
        return new()
        {
            IsWritable = !recovering && !reader.GetBoolean(7),
            SystemId = reader.GetInt64(1).ToString(CultureInfo.InvariantCulture),
            Epoch = Math.Max(certain ?? 0, atLeast),
            IsEpochLowerBound = certain is null,
            Position = Position(reader, 4) ?? default,
            Inserted = Inserted(reader),
            IsSynchronous = reader.GetBoolean(17),
            ForkedAt = Position(reader, 5),
            IsForkCertain = reader.GetBoolean(15),
            ReplayAge = reader.IsDBNull(6) ? null : TimeSpan.FromSeconds(Math.Max(0, reader.GetDouble(6))),
            ActiveConnections = reader.GetInt32(8),
            Connections = room.Used,
            ConnectionLimit = room.Limit,
            // A clock that was set back meanwhile tells nothing.
            ServerTime = TimeSpan.FromSeconds(Math.Max(0, reader.GetDouble(18))),
        };
    }

    private static ConnectionRoom Room(NpgsqlDataReader reader, int column) => new(reader.GetInt32(column), reader.GetInt32(column + 1));

    // Where the last record ended with its page, the next one's place is told as behind the header of a page that does not exist yet, and
    // that no replica will ever have: nothing can lie in so little space there.
    private static LogPosition? Inserted(NpgsqlDataReader reader) =>
        Position(reader, 16) is { } inserted && Position(reader, 4) is { } written && written.Ordinal % PageSize == 0
            && inserted.Ordinal - written.Ordinal <= LongestPageHeader
            ? written
            : Position(reader, 16);

    private static LogPosition? Position(NpgsqlDataReader reader, int column) =>
        reader.IsDBNull(column) ? null : new LogPosition((ulong)reader.GetFieldValue<NpgsqlLogSequenceNumber>(column));
}
