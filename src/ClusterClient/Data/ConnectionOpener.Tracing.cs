using System.Data.Common;
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
        using var span = ClusterSpans.Open(this, intent, from?.Limit ?? Limits.OpenTimeout);
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
        using var span = ClusterSpans.Open(this, intent, from?.Limit ?? Limits.OpenTimeout);
        try
        {
            return Open(scope, intent, from, span);
        }
        catch (Exception e) when (Refused(span, e))
        {
            throw;
        }
    }

    // The statement that has the session carry the trace that it is opened in; null for none. The open's own span is soon over, and no reason.
    private string? NameOf(in OpenAttempt attempt) =>
        Limits.NamesSessions && TraceContext.Name(attempt.Span is { } own ? own.Parent : Activity.Current) is { } name ? driver.NameSession(name) : null;

    // One task, so that all that bounds an open bounds this.
    private async Task OpenAsync(DbConnection native, string name, CancellationToken cancellationToken)
    {
        await native.OpenAsync(cancellationToken).ConfigureAwait(false);
        var command = Naming(native, name);
        await using (command.ConfigureAwait(false))
        {
            await command.ExecuteNonQueryAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>Gives an open session its name.</summary>
    public void Name(DbConnection native, string name)
    {
        using var command = Naming(native, name);
        command.ExecuteNonQuery();
    }

    private DbCommand Naming(DbConnection native, string name)
    {
        var command = native.CreateCommand();
        (command.CommandText, command.CommandTimeout) = (name, (int)Math.Ceiling(driver.ConnectionTimeout.TotalSeconds));
        return command;
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
    private void Opened(in OpenAttempt attempt, in Admission admission, long began)
    {
        if (Conventions is { MeasuresWaits: true } conventions)
        {
            conventions.Waited(admission.Node.Index, Clock.Now - began);
        }

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
