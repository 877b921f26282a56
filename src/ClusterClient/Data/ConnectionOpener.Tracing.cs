using System.Diagnostics;
using ClusterClient.Diagnostics;
using ClusterClient.Routing;

namespace ClusterClient.Data;

// What opening tells: a span around it where somebody listens, and the decision that it came to.
internal sealed partial class ConnectionOpener
{
    private async ValueTask<OpenedNode> OpenTracedAsync(
        RouteScope scope, RouteIntent intent, CancellationToken cancellationToken, MoveFrom? from)
    {
        using var span = ClusterSpans.Open(this, intent, from?.Limit ?? limits.OpenTimeout);
        try
        {
            return await OpenAsync(scope, intent, from, span, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception e) when (Refused(span, e))
        {
            throw;
        }
    }

    private OpenedNode OpenTraced(RouteScope scope, RouteIntent intent, MoveFrom? from)
    {
        using var span = ClusterSpans.Open(this, intent, from?.Limit ?? limits.OpenTimeout);
        try
        {
            return Open(scope, intent, from, span);
        }
        catch (Exception e) when (Refused(span, e))
        {
            throw;
        }
    }

    // For an exception filter; always false.
    private static bool Refused(Activity? span, Exception exception)
    {
        if (exception is ClusterUnavailableException unavailable)
        {
            span?.Explain(() => unavailable.Explanation);
        }

        return span.Fails(exception);
    }

    // The call has its connection.
    private void Decided(in OpenAttempt attempt, in Admission admission)
    {
        if (Meter is { CountsDecisions: true } || attempt.Span is not null)
        {
            Tell(attempt, admission);
        }
    }

    private void Tell(in OpenAttempt attempt, in Admission admission)
    {
        var node = admission.Node;
        var isPrimary = Topology.Primary?.Index == node.Index;
        var reason = attempt.ReasonFor(admission, isPrimary);
        Meter?.Decided(node.Index, isPrimary, reason);
        if (attempt.Span is not { } span)
        {
            return;
        }

        span.At(this, node).SetTag(TagNames.Reason, NodeTags.Word(reason));
        if (reason > DecisionReason.Replica && span.IsAllDataRequested)
        {
            var text = attempt.Explain();
            span.Explain(() => text);
        }
    }
}
