using ClusterClient.Diagnostics;
using ClusterClient.Resilience;
using ClusterClient.Routing;
using AmbientTransaction = System.Transactions.Transaction;

namespace ClusterClient.Data;

// What calls on it tell of its node, and whether one that failed may be sent again.
public partial class ClusterConnection
{
    /// <summary>
    /// For an exception filter: tells health and topology of a fault, and is always false, so that the exception goes on as the
    /// driver threw it.
    /// </summary>
    internal bool Notes(Exception exception) => Notes(exception, default);

    /// <inheritdoc cref="Notes(Exception)"/>
    internal bool Notes(Exception exception, CallTicket call)
    {
        if (_node is { } node)
        {
            var fault = Undone(Opener.NoteFault(exception, node, _openIntent));
            _transaction?.Failed(exception);
            call.Failed(fault);
            Tell(exception, node, fault, attempts: 1, notRetried: null);
        }

        return false;
    }

    /// <summary>For an exception filter as well: the same for a command or batch, and whether it is to be sent again.</summary>
    /// <param name="exception">What the attempt ended in.</param>
    /// <param name="call">The attempt.</param>
    /// <param name="command">What was sent.</param>
    /// <param name="attempts">How many attempts this was the last of.</param>
    /// <param name="mayBeApplied">Whether one of those before it may have been applied, whatever became of this one.</param>
    internal bool Repeats(Exception exception, CallTicket call, IRepeatable command, int attempts = 1, bool mayBeApplied = false)
    {
        if (_node is not { } node)
        {
            return false;
        }

        var fault = Undone(Opener.NoteFault(exception, node, _openIntent));
        _transaction?.Failed(exception);
        call.Failed(fault);
        var obstacle = fault.IsTransient ? Obstacle(exception, fault, command) : null;
        Tell(exception, node, fault with { NotApplied = fault.NotApplied && !mayBeApplied }, attempts, obstacle);
        return fault.IsTransient && obstacle is null;
    }

    // With its session, a transaction goes whose commit was not sent: whatever the call did in it.
    private Fault Undone(Fault fault) =>
        _transaction is { HasEnded: false, MayHaveEnded: false } && !IsUnwrapped && fault.Kind is (FaultKind.ConnectionLost or FaultKind.ShuttingDown) ? fault with { NotApplied = true } : fault;

    // What speaks against sending a call again whose fault does not.
    private string? Obstacle(Exception exception, Fault fault, IRepeatable command) =>
        Opener.Retries.IsOff ? "retries are off"
        : WhyNotAgain is { } why ? why
        : fault.Kind == FaultKind.Unavailable ? "no node could be given to it"
        : _uses > 1 ? "the connection was used before, and its session or transaction would be lost"
        : _openIntent == RouteIntent.Read || command.IsIdempotent || command.IsReadOnly || exception is NodeFencedException
            || (fault.NotApplied && command.IsPlainStatement) ? null
        : "it may have been applied";

    /// <summary>
    /// What speaks against another attempt now, whatever the last one met. What is opened inside an ambient transaction would join it, which
    /// this connection, opened before, did not.
    /// </summary>
    internal string? WhyNotAgain =>
        IsLeft ? "the connection was closed meanwhile"
        : AmbientTransaction.Current is not null && _uses <= 1 ? "an ambient transaction began since the connection was opened"
        : null;

    private void Tell(Exception exception, ClusterNode node, Fault fault, int attempts, string? notRetried)
    {
        if (exception is not OperationCanceledException)
        {
            new CallFault
            {
                Cluster = Opener.Cluster, Node = node.Endpoint.Name, Intent = _openIntent, Attempts = attempts, Fault = fault, NotRetried = notRetried, Connection = this,
            }.AttachTo(exception);
        }
    }

    /// <summary>Whether the server committed what ran last without its replicas' word, because somebody ended its wait for them.</summary>
    internal bool TakeUnconfirmed() => NativeOrNull is { } native && _node!.Driver.Unconfirmed.Take(native);

    /// <summary>For a call outside of a transaction that has succeeded as far as the driver knows: what to throw instead; null for nothing.</summary>
    internal Exception? WhyUnconfirmed()
    {
        // The commit of a transaction sees to it by itself.
        if (_transaction is not null || !TakeUnconfirmed())
        {
            return null;
        }

        var unknown = new CommitOutcomeUnknownException(
            Opener.Cluster,
            _node!.Endpoint.Name,
            "it is committed there, but the wait for its replicas was ended before they had it",
            Opener.Time.GetUtcNow(),
            cause: null);
        Tell(unknown, _node, Opener.Classify(unknown), attempts: 1, "it may have been applied");
        return unknown;
    }

    /// <summary>What a command may take in all; null where nothing bounds it.</summary>
    internal TimeSpan? LimitOf(IRepeatable command) => CallLimit > TimeSpan.Zero ? CallLimit : Opener.Limits.LimitOf(command.Timeout);

    /// <summary>What failed as the first command of this connection is sent again on it, and is its first again.</summary>
    internal void Again() => _uses = 0;

    /// <summary>This command or batch is about to be sent; the ticket counts nothing while the connection is closed.</summary>
    internal CallTicket BeginCall(IRepeatable command)
    {
        if (_native is null)
        {
            return default;
        }

        var trial = Unreserve();
        _uses++;
        _closesBefore = _closes;
        _standIn = null;
        if (_transaction is null && TakeUnconfirmed())
        {
            // A reader's, whose end nobody saw.
            Log.Unconfirmed(Opener.Logger, Opener.Cluster, _node!.Endpoint.Name);
        }

        var now = Opener.Clock.Now;
        _node!.State.Begin(now);
        return new(Opener, _node, now, trial, _openIntent == RouteIntent.Write && _transaction is null && command.MayWrite && CommitsAlone());
    }

    // An ambient transaction commits through the driver, and what ran in it is acknowledged then.
    private bool CommitsAlone()
    {
        if (_uses < AmbientUses || AmbientTransaction.Current is not { } ambient)
        {
            return true;
        }

        CountWhenCommitted(ambient);
        return false;
    }

    private void CountWhenCommitted(AmbientTransaction transaction)
    {
        var (writes, clock) = (_node!.State.Writes, Opener.Clock);
        transaction.TransactionCompleted += (_, ended) =>
        {
            if (ended.Transaction?.TransactionInformation.Status == System.Transactions.TransactionStatus.Committed)
            {
                writes.Add(clock.Now);
            }
        };
    }
}
