using ClusterClient.Resilience;
using Npgsql;
using static ClusterClient.Resilience.FaultKind;

namespace ClusterClient.Npgsql;

/// <summary>What PostgreSQL's error answers mean, one row a SQLSTATE or class of them; the first that fits holds.</summary>
/// <remarks>
/// <para>
/// Whether something was applied hangs on how the server ended it. An ERROR ends the statement and rolls its transaction back, and the
/// session lives on: nothing of it stays. FATAL and PANIC end the session, at a moment that may lie after a commit, and prove that only
/// where the server says this before it begins a statement.
/// </para>
/// <para>
/// It speaks of the statement that failed. A procedure that commits in its midst, a batch with error barriers and the few statements
/// that are no transaction, such as <c>CREATE INDEX CONCURRENTLY</c>, leave what they had finished; whoever repeats a call looks to that.
/// </para>
/// </remarks>
internal static class SqlStates
{
    public static Fault Classify(PostgresException answer)
    {
        const bool never = true;
        const bool unknown = false;
        var ended = answer.InvariantSeverity == "ERROR";
        return answer.SqlState switch
        {
            // No session was had: refused before anything could be asked.
            "08001" or "08004" => new(ConnectionLost, never),
            // A connection that failed, or a pooler's word for that; 08007 says itself that a commit's end is unknown.
            ['0', '8', ..] => new(ConnectionLost, unknown),
            // A replica, or a primary set read-only: a read-only transaction writes nothing.
            "25006" => new(ReadOnly, never),
            // The caller left its transaction idle for too long. The timer stops when a message comes, before that is looked at.
            "25P03" => new(ServerCancelled, never),
            // The transaction lasted too long. It may be told only after the commit.
            "25P04" => new(ServerCancelled, unknown),
            // User, password, access rule, database: refused while connecting.
            ['2', '8', ..] or "3D000" => new(Rejected, never),
            // A serialization failure. The same on a replica is a query in replay's way, which may end the session; it cannot have written.
            "40001" => new(Conflict, never),
            // A constraint that was looked at when the transaction ended: it would be violated again.
            "40002" => new(Statement, ended),
            // It says itself that nobody knows how the statement ended.
            "40003" => new(Conflict, unknown),
            // A deadlock, or another rollback for the sake of others.
            ['4', '0', ..] => new(Conflict, ended),
            // No connection slot left, for the server, the role or the database: refused while connecting.
            "53300" => new(Overloaded, never),
            // A limit that is set for one session, such as temp_file_limit: the statement is too big, not the server too busy.
            "53400" => new(ServerCancelled, ended),
            // Disk full, out of memory. Met while a commit is written it is a PANIC.
            ['5', '3', ..] => new(Overloaded, ended),
            // An object in use, a lock not had in time (NOWAIT, lock_timeout).
            "55006" or "55P03" => new(Conflict, ended),
            // It stops, restarts after a crash, or an operator ended this session; a commit that was waiting for replicas stays done.
            "57P01" or "57P02" => new(ShuttingDown, unknown),
            // It is starting up, stopping or recovering: refused while connecting.
            "57P03" => new(ShuttingDown, never),
            // The database is gone.
            "57P04" => new(Rejected, unknown),
            // The session was idle for too long, with nothing under way: a new one is all it takes. The timer is that of 25P03.
            "57P05" => new(ConnectionLost, never),
            // 57014: statement_timeout, or another session cancelled it.
            ['5', '7', ..] => new(ServerCancelled, ended),
            // A file that is missing or cannot be read, internal errors, corrupt data or indexes.
            ['5', '8', ..] or ['X', 'X', ..] => new(ServerFailure, ended),
            // Whatever it says, every session of the server ends with it.
            _ when answer.InvariantSeverity == "PANIC" => new(ServerFailure, unknown),
            // A session that was refused as it began: no CONNECT privilege (42501), allow_connections off (55000), an unknown setting.
            _ when answer.InvariantSeverity == "FATAL" => new(Rejected, unknown),
            // Constraints (23), data (22), syntax and privileges (42), limits of the language (54), what functions raise (P0), and so on.
            _ => new(Statement, ended),
        };
    }
}
