using System.Diagnostics;
using ClusterClient.Health;

namespace ClusterClient.Data;

/// <summary>One call's wait for its turn at a node, as spans and numbers tell it.</summary>
internal sealed class TurnWait(ConnectionOpener opener, ClusterNode node, in OpenAttempt attempt, TimeSpan patience) : IDisposable
{
    private readonly Activity? _span = attempt.Span is null ? null : ClusterSpans.Queue(opener, node, patience);
    private readonly long _began = opener.Time.GetTimestamp();
    private string _outcome = "too_late";

    public void EndsIn(QueueOutcome outcome) => _outcome = outcome switch
    {
        QueueOutcome.Admitted => "admitted",
        QueueOutcome.Evicted => "evicted",
        _ => "released",
    };

    /// <summary>It ends in this.</summary>
    public Exception Ends(Exception exception)
    {
        _outcome = exception is OperationCanceledException ? "cancelled" : _outcome;
        _span.Fails(exception);
        return exception;
    }

    public void Dispose()
    {
        _span.EndsIn(_outcome);
        _span?.Dispose();
        opener.Meter?.Queued(node.Index, _outcome, opener.Time.GetElapsedTime(_began));
    }
}
