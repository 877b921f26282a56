using System.Data.Common;
using System.Diagnostics;
using ClusterClient.Consistency;
using ClusterClient.Diagnostics;
using ClusterClient.Resilience;

namespace ClusterClient.Data;

// What an exception of a commit's means, and what is made of the outcome that was found out.
internal sealed partial class CommitCall
{
    private static bool IsOfDatabase(Exception exception) =>
        exception is DbException or OperationCanceledException or TimeoutException or IOException or InvalidOperationException;

    private static int Seconds(TimeSpan time) => Math.Max(1, (int)Math.Ceiling(time.TotalSeconds));

    // For an exception filter; always false.
    private bool SaysNotApplied(Exception exception)
    {
        if (CallFault.Of(exception) is { Fault.NotApplied: false } known)
        {
            (known with { Fault = known.Fault with { NotApplied = true } }).AttachTo(exception);
        }

        return false;
    }

    /// <summary>Whether nobody knows yet what became of the commit, and somebody can be asked.</summary>
    private bool IsLost(Exception exception, CancellationToken caller)
    {
        if (exception is CommitOutcomeUnknownException || (exception is OperationCanceledException && caller.IsCancellationRequested)
            || transaction.Resolution == CommitResolution.Off)
        {
            return false;
        }

        var fault = _opener.Classify(exception);
        if (fault.NotApplied || (fault.Kind == FaultKind.Statement && exception is not DbException))
        {
            return false;
        }

        if (!_sent!.CanBeAsked)
        {
            if (_wasAsked)
            {
                // It has written nothing that would stay.
                SaysNotApplied(exception);
            }

            return false;
        }

        return true;
    }

    private CommitVerdict Resolve()
    {
        using var span = ClusterSpans.CommitResolution(_opener, _sent!.Node, Limit);
        var verdict = new CommitResolver(_sent, Limit).Run();
        span.EndsIn(Word(verdict.Outcome));
        return verdict;
    }

    private async Task<CommitVerdict> ResolveAsync(CancellationToken cancellationToken)
    {
        using var span = ClusterSpans.CommitResolution(_opener, _sent!.Node, Limit);
        var verdict = await new CommitResolver(_sent, Limit).RunAsync(cancellationToken).ConfigureAwait(false);
        span.EndsIn(Word(verdict.Outcome));
        return verdict;
    }

    private static string Word(CommitOutcome outcome) => outcome switch
    {
        CommitOutcome.Committed => "committed",
        CommitOutcome.NotCommitted => "not_committed",
        _ => "unknown",
    };

    /// <summary>False when it was not committed, so that the exception holds, with that said of it.</summary>
    private bool Settle(CommitVerdict verdict, Exception exception)
    {
        var elapsed = _opener.Time.GetElapsedTime(_sent!.SentTimestamp);
        _opener.Meter?.CommitResolved(_sent.Node.Index, Word(verdict.Outcome), elapsed);
        if (!ClusterActivity.IsWatched)
        {
            // Whoever takes traces without this library's own still sees it.
            Activity.Current?.AddEvent(new("clusterclient.commit_resolved", tags: new()
            {
                [TagNames.Outcome] = Word(verdict.Outcome),
                [TagNames.Node] = _sent.Node.Endpoint.Name,
            }));
        }

        switch (verdict.Outcome)
        {
            case CommitOutcome.Committed:
                Log.CommitResolved(_opener.Logger, _opener.Cluster, _sent.Node.Endpoint.Name, "committed", elapsed.TotalMilliseconds, verdict.Reason);
                return true;
            case CommitOutcome.NotCommitted:
                Log.CommitResolved(_opener.Logger, _opener.Cluster, _sent.Node.Endpoint.Name, "not committed", elapsed.TotalMilliseconds, verdict.Reason);
                SaysNotApplied(exception);
                return false;
            default:
                throw Unknown(verdict.Reason, exception);
        }
    }

    // One that is not prepared is refused when it is sent, and the commit behind it is not done.
    private bool IsMarkerRefused(Exception exception) => IsWithoutMarkers(exception) && !SaysNotApplied(exception);

    // Before anything was sent, or in its place; nobody but the application's own makes that table.
    private bool IsWithoutMarkers(Exception exception) => _withMarker is not null && transaction.Dialect.IsWithoutMarkers(exception);

    private InvalidOperationException WithoutMarkers(Exception cause)
    {
        var failure = new InvalidOperationException(
            $"{_opener.Cluster} finds out by markers what became of commits, and the table for them is not there. Nothing was committed. "
            + $"Call {nameof(ClusterDataSource)}.{nameof(ClusterDataSource.CreateCommitMarkersAsync)} once, by a role that may create tables.",
            cause);
        CallFault.Of(cause)?.AttachTo(failure);
        return failure;
    }

    private CommitOutcomeUnknownException Unknown(string reason, Exception? cause)
    {
        var unknown = _sent!.Unknown(reason, cause);
        Log.CommitUnknown(_opener.Logger, _opener.Cluster, _sent.Node.Endpoint.Name, _opener.Time.GetElapsedTime(_sent.SentTimestamp).TotalMilliseconds, reason);
        if (cause is not null && CallFault.Of(cause) is { } known)
        {
            (known with { Fault = _opener.Classify(unknown) }).AttachTo(unknown);
        }

        return unknown;
    }
}
