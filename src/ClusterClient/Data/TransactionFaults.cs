using System.Data.Common;

namespace ClusterClient.Data;

/// <summary>What an exception that left a transaction's delegate is about, seen through whatever the application wrapped it in. Pure.</summary>
internal static class TransactionFaults
{
    /// <summary>Whether a database's exception is in it; if not, it is the application's own, whatever its type.</summary>
    public static bool IsOfDatabase(Exception exception) => Any(exception, static (e, _) => e is DbException || e.Data[CallFault.Key] is CallFault, 0);

    /// <summary>
    /// Whether it tells of something outside of the transaction on this connection that another attempt could do twice, or is no business of this
    /// cluster's: another cluster's fault, a commit of unknown outcome, or a write through another connection that may have been applied.
    /// </summary>
    public static bool AreElsewhere(Exception exception, ClusterConnection connection) => Any(
        exception,
        static (e, connection) => e is CommitOutcomeUnknownException
            || (e.Data[CallFault.Key] is CallFault fault
                && (fault.Cluster != connection.Opener.Cluster || (fault.MayHaveBeenApplied && !ReferenceEquals(fault.Connection, connection)))),
        connection);

    private static bool Any<TState>(Exception exception, Func<Exception, TState, bool> holds, TState state)
    {
        for (var at = exception; at is not null; at = at.InnerException)
        {
            if (holds(at, state) || (at is AggregateException several && several.InnerExceptions.Any(e => Any(e, holds, state))))
            {
                return true;
            }
        }

        return false;
    }
}
