using System.Data;
using System.Data.Common;
using ClusterClient.Drivers;
using ClusterClient.Resilience;
using ClusterClient.Routing;

namespace ClusterClient.Data;

// What an attempt that failed means for the next one.
internal sealed partial class TransactionCall<TResult>
{
    /// <summary>What to throw when an attempt was ended by its time.</summary>
    /// <param name="cause">What it was ended by.</param>
    /// <param name="transaction">Rolled back, unless the delegate ended it.</param>
    /// <param name="number">From 1 on.</param>
    /// <param name="ofPipeline">How long a pipeline of the application's own let the attempt run; null when the transaction's own time is up.</param>
    private Exception TimedOut(Exception cause, ClusterTransaction? transaction, int number, TimeSpan? ofPipeline)
    {
        var timedOut = Opener.Driver.TimedOut(ofPipeline ?? settings.Timeout!.Value, cause);
        var isUndone = IsUndone(transaction);
        MayRunAgain = ofPipeline is not null && isUndone;
        Tell(timedOut, new(FaultKind.Timeout, isUndone), number, MayRunAgain ? null : ofPipeline is null ? "its time is up" : "it may have been applied");
        return timedOut;
    }

    private bool EndedByItsTime(Exception exception) =>
        exception is OperationCanceledException || (TransactionFaults.IsOfDatabase(exception) && Opener.Classify(exception).Kind == FaultKind.Timeout);

    private bool Judge(Exception exception, ClusterConnection connection, ClusterTransaction? transaction, int number, bool isCommitting, string? whyOver)
    {
        // What the application throws by itself is the application's.
        if (exception is OperationCanceledException || !TransactionFaults.IsOfDatabase(exception)
            || (!isCommitting && (TransactionFaults.AreElsewhere(exception, connection) || IsOfAnother(exception, connection))))
        {
            return false;
        }

        var fault = Opener.Classify(exception);
        var known = CallFault.Of(exception);
        if (fault.Kind == FaultKind.Unavailable)
        {
            if (transaction is null && number > 1)
            {
                Tell(exception, fault, number, known?.NotRetried);
            }

            return false;
        }

        var isUndone = IsUndone(transaction) || (isCommitting && known is { Fault.NotApplied: true });
        var obstacle = !fault.IsTransient ? null
            : Opener.Retries.IsOff ? "retries are off"
            : !isUndone ? "it may have been applied"
            : whyOver;
        Tell(exception, fault with { NotApplied = isUndone }, number, obstacle);
        return fault.IsTransient && obstacle is null;
    }

    private bool IsUndone(ClusterTransaction? transaction) =>
        transaction is null or { HasEnded: false, MayHaveEnded: false } || (origin.Intent == RouteIntent.Read && !transaction.HasWritten);

    // A database's exception that this library knows nothing of is a reader's, or another database's: whether that did what it was asked to, nobody
    // knows. A reader's own leaves the transaction failed, or its connection broken.
    private bool IsOfAnother(Exception exception, ClusterConnection connection) => CallFault.Of(exception) is null
        && connection.NativeOrNull is { State: ConnectionState.Open } native && Opener.Driver.Commits?.StateOf(native) == SessionState.InTransaction;

    private void Tell(Exception exception, Fault fault, int number, string? notRetried) => new CallFault
    {
        Cluster = Opener.Cluster, Node = Node?.Endpoint.Name, Intent = origin.Intent, Attempts = number, Fault = fault, NotRetried = notRetried,
    }.AttachTo(exception);
}
