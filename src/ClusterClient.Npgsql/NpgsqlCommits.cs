using System.Data.Common;
using System.Globalization;
using ClusterClient.Consistency;
using ClusterClient.Drivers;
using ClusterClient.Topology;
using Npgsql;
using NpgsqlTypes;

namespace ClusterClient.Npgsql;

/// <summary>How PostgreSQL is asked what became of a transaction; every function here may be called by any role.</summary>
/// <param name="sessions">What is known of connections already; null when they cannot be told apart.</param>
internal sealed class NpgsqlCommits(NpgsqlSessions? sessions = null) : CommitDialect
{
    // A crash of one session is a crash of the server, which loses what was not flushed, while its first process runs on: where its last recovery
    // ended tells one such run from the next.
    private const string Run =
        "pg_catalog.concat(extract(epoch FROM pg_catalog.pg_postmaster_start_time()), ' ', pg_catalog.pg_last_wal_replay_lsn())";

    // Whose run is known need not be asked for it: its two expressions and the number of the session take as long as all else. Where there is no id
    // yet, the message's first argument is null, and a strict function is not called.
    private const string Short =
        """
        SELECT pg_catalog.txid_current_if_assigned() AS clusterclient_mark,
               pg_catalog.pg_logical_emit_message(pg_catalog.txid_current_if_assigned() > 0, 'clusterclient', '')
        """;

    private const string ShortAhead =
        "SELECT pg_catalog.txid_current() AS clusterclient_mark, pg_catalog.pg_logical_emit_message(true, 'clusterclient', '')";

    private const int ShortCount = 2;

    // Without it, a text goes to the server as one statement, whatever is in it.
    private const string Rewriting = "Npgsql.EnableSqlRewriting";

    private const string AboutSession = "pg_catalog.pg_backend_pid()";

    // An id that was not handed out yet is an error of pg_xact_status(); the query's own is the next one.
    private const string Question =
        $"""
        SELECT NOT recovering AND pg_catalog.current_setting('transaction_read_only') = 'off',
               {Run},
               CASE WHEN NOT recovering THEN ('x' || left(pg_catalog.pg_walfile_name(pg_catalog.pg_current_wal_lsn()), 8))::bit(32)::int ELSE 0 END,
               CASE WHEN NOT recovering THEN pg_catalog.pg_last_wal_replay_lsn() END,
               pg_catalog.pg_last_wal_receive_lsn() IS NOT NULL,
               CASE WHEN NOT recovering AND @id::xid8 < pg_catalog.pg_current_xact_id() THEN pg_catalog.pg_xact_status(@id::xid8) END
        FROM (SELECT pg_catalog.pg_is_in_recovery() AS recovering OFFSET 0) AS role
        """;

    public override string MarkColumn => "clusterclient_mark";

    /// <remarks>
    /// The position is that of a message in the log, which nobody need read. The position of the log itself would not do: before the first write, and
    /// after one to a temporary or unlogged table, there is no record of the id before it; and where a record ends with its page, it lies behind the
    /// next page's header, beyond where a recovery of that very record ends.
    /// </remarks>
    public override string Mark => $"{Short}, {Run}, {AboutSession}";

    public override string MarkAhead => $"{ShortAhead}, {Run}, {AboutSession}";

    public override string MarkOn(DbConnection connection, bool isAhead) => sessions?.Of(connection) is { Run: not null }
        ? isAhead ? ShortAhead : Short
        : isAhead ? MarkAhead : Mark;

    public override string Confirm => "SELECT pg_catalog.pg_logical_emit_message(true, 'clusterclient', '')";

    /// <remarks>Two at once, from two processes that start, would collide in spite of IF NOT EXISTS. The lock is "cluster" in bytes.</remarks>
    public override string CreateMarkers =>
        """
        SELECT pg_catalog.pg_advisory_xact_lock(x'636c7573746572'::bigint);
        CREATE TABLE IF NOT EXISTS clusterclient_commits (id uuid PRIMARY KEY, is_commit boolean NOT NULL)
        """;

    public override string Ping => "SELECT 1";

    public override TransactionMark? ReadMark(DbDataReader row) => Read(row, session: null);

    public override TransactionMark? ReadMark(DbDataReader row, DbConnection connection)
    {
        var session = sessions?.Of(connection);
        var mark = Read(row, session);
        if (mark is not null && row.FieldCount > ShortCount)
        {
            session?.Learn(((NpgsqlConnection)connection).ProcessID, row.GetInt32(ShortCount + 1), mark.Run);
        }

        return mark;
    }

    /// <remarks>Those settings hold for the first of several statements, or are none that a batch has.</remarks>
    public override bool CanMark(DbCommand command) =>
        command is not NpgsqlCommand native
        || (native is { AllResultTypesAreUnknown: false, UnknownResultTypeList: null } && (!AppContext.TryGetSwitch(Rewriting, out var isOn) || isOn));

    public override SessionState? StateOf(DbConnection connection) => NpgsqlTransactionState.Of((NpgsqlConnection)connection);

    public override bool IsWithoutMarkers(Exception exception) => exception is PostgresException { SqlState: PostgresErrorCodes.UndefinedTable } missing
        && missing.MessageText.Contains("clusterclient_commits", StringComparison.Ordinal);

    public override void Ask(DbCommand command, TransactionMark mark)
    {
        command.CommandText = Question;
        command.Parameters.Add(new NpgsqlParameter("id", NpgsqlDbType.Text) { Value = mark.Id });
    }

    public override CommitAnswer ReadAnswer(DbDataReader row) => new()
    {
        IsWritable = row.GetBoolean(0),
        Run = row.GetString(1),
        Epoch = row.GetInt32(2),
        RecoveredTo = row.IsDBNull(3) ? null : new LogPosition((ulong)row.GetFieldValue<NpgsqlLogSequenceNumber>(3)),
        WasPromoted = row.GetBoolean(4),
        Status = row.IsDBNull(5) ? TransactionStatus.NotKnown : row.GetString(5) switch
        {
            "committed" => TransactionStatus.Committed,
            "aborted" => TransactionStatus.Aborted,
            "in progress" => TransactionStatus.InProgress,
            _ => TransactionStatus.NotKnown,
        },
    };

    public override long? SessionOf(DbConnection connection) => (connection as NpgsqlConnection)?.ProcessID;

    public override void EndSession(DbCommand command, long session, TimeSpan open)
    {
        command.CommandText =
            """
            SELECT pg_catalog.pg_terminate_backend(pid) FROM pg_catalog.pg_stat_activity
            WHERE pid = @session AND usename = session_user AND xact_start <= pg_catalog.clock_timestamp() - pg_catalog.make_interval(secs => @open)
              AND wait_event IS DISTINCT FROM 'SyncRep' AND pg_catalog.pg_has_role(usesysid, 'USAGE')
            """;
        command.Parameters.Add(new NpgsqlParameter("session", NpgsqlDbType.Integer) { Value = (int)session });
        command.Parameters.Add(new NpgsqlParameter("open", NpgsqlDbType.Double) { Value = open.TotalSeconds });
    }

    public override DbBatch CommitWithMarker(DbConnection connection, DbTransaction transaction, Guid marker)
    {
        var write = new NpgsqlBatchCommand("INSERT INTO clusterclient_commits VALUES ($1, true)");
        write.Parameters.Add(new NpgsqlParameter<Guid> { TypedValue = marker });
        return new NpgsqlBatch((NpgsqlConnection)connection, (NpgsqlTransaction)transaction)
        {
            BatchCommands = { write, new NpgsqlBatchCommand("COMMIT") },
        };
    }

    /// <remarks>Both in one transaction, of which the second statement sees what the first waited for.</remarks>
    public override void TakeMarker(DbCommand command, Guid marker)
    {
        command.CommandText =
            """
            INSERT INTO clusterclient_commits VALUES (@id, false) ON CONFLICT DO NOTHING;
            SELECT is_commit FROM clusterclient_commits WHERE id = @id
            """;
        command.Parameters.Add(new NpgsqlParameter<Guid>("id", marker));
    }

    public override void PruneMarkers(DbCommand command, Guid olderThan)
    {
        command.CommandText = "DELETE FROM clusterclient_commits WHERE id < @id";
        command.Parameters.Add(new NpgsqlParameter<Guid>("id", olderThan));
    }

    // The id is a number of 64 bits, of which the upper half counts how often the lower one began anew.
    private static TransactionMark? Read(DbDataReader row, NpgsqlSession? session)
    {
        if (row.IsDBNull(0))
        {
            return null;
        }

        // In the order in which they come.
        var id = row.GetInt64(0).ToString(CultureInfo.InvariantCulture);
        var position = new LogPosition((ulong)row.GetFieldValue<NpgsqlLogSequenceNumber>(1));
        return (row.FieldCount > ShortCount ? row.GetString(ShortCount) : session?.Run) is { } run ? new(id, position, run) : null;
    }
}
