using System.Diagnostics;
using ClusterClient.Routing;

namespace ClusterClient.Data;

/// <summary>One call's wait for a node where there is none, as spans and numbers tell it.</summary>
internal sealed class NodeWait : IDisposable
{
    private readonly ConnectionOpener _opener;
    private readonly RouteIntent _intent;
    private readonly Activity? _span;
    private readonly long _began;
    private string _outcome = "refused";

    public NodeWait(ConnectionOpener opener, OpenAttempt attempt)
    {
        (_opener, _intent, _began) = (opener, attempt.Intent, opener.Time.GetTimestamp());
        _span = attempt.Span is null ? null : ClusterSpans.FailoverWait(opener, _intent, attempt.Deadline.Remaining);
        if (_span is not null)
        {
            Diagnostics.ClusterActivity.Explain(_span, attempt.Explain);
        }
    }

    public void EndsAt(ClusterNode node)
    {
        _outcome = "served";
        _span?.At(_opener, node);
    }

    /// <inheritdoc cref="ClusterSpans.Fails"/>
    public bool Fails(Exception exception)
    {
        _outcome = exception is OperationCanceledException ? "cancelled" : "refused";
        return _span.Fails(exception);
    }

    public void Dispose()
    {
        _span.EndsIn(_outcome);
        _span?.Dispose();
        _opener.Meter?.Waited(ClusterSpans.Word(_intent), _outcome, _opener.Time.GetElapsedTime(_began));
    }
}
