using System.Globalization;
using ClusterClient.Topology;
using Npgsql;

namespace ClusterClient.Npgsql;

/// <summary>The monitor's connection to one PostgreSQL server.</summary>
internal sealed class NpgsqlProbe(NpgsqlDataSource source) : INodeProbe
{
    /// <summary>
    /// One row with all that routing needs, open to any role that may log in, from PostgreSQL 13 on.
    /// </summary>
    /// <remarks>
    /// The traps in it. The timeline of <c>pg_control_checkpoint()</c> is the old one until the first checkpoint after a promotion;
    /// a primary's WAL file name has the new one at once. A standby's own is its receiver's, which a role outside <c>pg_monitor</c>
    /// sees as NULL and which is absent while the upstream is away; then the control file gives a lower bound. Functions for
    /// primaries raise errors on standbys and the other way round, so the role is asked first and everything hangs on that answer.
    /// On a primary, the last replayed position is where its recovery ended: the fork.
    /// </remarks>
    private const string Query =
        """
        SELECT recovering,
               (SELECT system_identifier FROM pg_catalog.pg_control_system()),
               CASE WHEN recovering THEN receiver.tli ELSE ('x' || left(pg_catalog.pg_walfile_name(pg_catalog.pg_current_wal_lsn()), 8))::bit(32)::int END,
               CASE WHEN recovering THEN greatest((SELECT timeline_id FROM pg_catalog.pg_control_checkpoint()),
                                                  (SELECT min_recovery_end_timeline FROM pg_catalog.pg_control_recovery())) END,
               CASE WHEN recovering THEN pg_catalog.pg_last_wal_replay_lsn() ELSE pg_catalog.pg_current_wal_lsn() END,
               CASE WHEN NOT recovering THEN pg_catalog.pg_last_wal_replay_lsn() END,
               CASE WHEN recovering THEN extract(epoch FROM pg_catalog.clock_timestamp() - pg_catalog.pg_last_xact_replay_timestamp())::float8 END,
               pg_catalog.current_setting('transaction_read_only') = 'on'
        FROM (SELECT pg_catalog.pg_is_in_recovery() AS recovering OFFSET 0) AS role
        LEFT JOIN (SELECT received_tli AS tli FROM pg_catalog.pg_stat_wal_receiver) AS receiver ON true
        """;

    private NpgsqlConnection? _connection;
    private NpgsqlCommand? _command;

    public bool IsConnected { get; private set; }

    public async Task<NodeFacts> LookAsync()
    {
        if (_connection is null)
        {
            _connection = source.CreateConnection();
            await _connection.OpenAsync().ConfigureAwait(false);
            _command = _connection.CreateCommand();
            _command.CommandText = Query;
            IsConnected = true;
        }

        try
        {
            return await AskAsync(_command!).ConfigureAwait(false);
        }
        catch (PostgresException e) when (e.SqlState == PostgresErrorCodes.ObjectNotInPrerequisiteState)
        {
            // It was promoted between the first column and the others. The role is settled now.
            return await AskAsync(_command!).ConfigureAwait(false);
        }
    }

    public Task WatchAsync(TimeSpan duration, CancellationToken cancellationToken) =>
        // True means that a notice or parameter change came: news about the server, so the next look may as well be now.
        _connection!.WaitAsync(duration, cancellationToken);

    public ValueTask DisposeAsync()
    {
        if (_connection is { } connection)
        {
            NpgsqlAbort.TryAbort(connection);
            // Not awaited: without the abort this may last until the driver's timeout, and nothing depends on it.
            _ = Task.Run(async () => await connection.DisposeAsync().ConfigureAwait(false));
        }

        return ValueTask.CompletedTask;
    }

    private static async Task<NodeFacts> AskAsync(NpgsqlCommand command)
    {
        var reader = await command.ExecuteReaderAsync().ConfigureAwait(false);
        await using (reader.ConfigureAwait(false))
        {
            await reader.ReadAsync().ConfigureAwait(false);
            var recovering = reader.GetBoolean(0);
            var certain = reader.IsDBNull(2) ? (int?)null : reader.GetInt32(2);
            var atLeast = reader.IsDBNull(3) ? 0 : reader.GetInt32(3);
            return new()
            {
                IsWritable = !recovering && !reader.GetBoolean(7),
                SystemId = reader.GetInt64(1).ToString(CultureInfo.InvariantCulture),
                Epoch = Math.Max(certain ?? 0, atLeast),
                IsEpochLowerBound = certain is null,
                Position = Position(reader, 4) ?? default,
                ForkedAt = Position(reader, 5),
                ReplayAge = reader.IsDBNull(6) ? null : TimeSpan.FromSeconds(Math.Max(0, reader.GetDouble(6))),
            };
        }
    }

    private static LogPosition? Position(NpgsqlDataReader reader, int column) =>
        reader.IsDBNull(column) ? null : new LogPosition((ulong)reader.GetFieldValue<NpgsqlTypes.NpgsqlLogSequenceNumber>(column));
}
