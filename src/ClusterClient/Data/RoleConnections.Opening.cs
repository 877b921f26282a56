using System.Data;
using System.Transactions;
using ClusterClient.Drivers;
using ClusterClient.Routing;
using ClusterClient.Topology;

namespace ClusterClient.Data;

// Opening one of the two, outside of whatever its caller is in.
internal sealed partial class RoleConnections
{
    private ClusterConnection New(RouteIntent intent) => origin.ForRole(intent, this).CreateConnection();

    private bool MustOpenWriter(out ClusterConnection writer)
    {
        ThrowIfClosed();
        writer = _writer ??= New(RouteIntent.Write);
        _writes.NextBegins();
        return !IsFixed && !(writer.NativeOrNull is { State: ConnectionState.Open } && Opener.Topology.Nodes[writer.Node!.Index] is var node
            && !Router.IsOutOfBounds(RouteIntent.Write, node.Status) && node.Role != NodeRole.Replica);
    }

    // The server's word, where there is one; that of a session that is gone stands.
    private void AskForTransaction()
    {
        if (_writer?.NativeOrNull is { State: ConnectionState.Open } native && Opener.Driver.Commits?.StateOf(native) is { } state)
        {
            _isInTransaction = state is SessionState.InTransaction or SessionState.Failed;
        }
    }

    private void OpenOutside(ClusterConnection child, MoveFrom? from)
    {
        child.Close();
        // One that was not there when the connection was opened: what is opened inside of it would join it.
        using (Transaction.Current is null ? null : new TransactionScope(TransactionScopeOption.Suppress, TransactionScopeAsyncFlowOption.Enabled))
        {
            child.OpenFrom(from);
        }

        CloseIfLeft(child);
    }

    private async ValueTask OpenOutsideAsync(ClusterConnection child, MoveFrom? from, CancellationToken cancellationToken)
    {
        await child.CloseAsync().ConfigureAwait(false);
        await (Transaction.Current is null
            ? child.OpenFromAsync(from, cancellationToken)
            : Outside(() => child.OpenFromAsync(from, cancellationToken))).ConfigureAwait(false);
        CloseIfLeft(child);
    }

    // A scope that flows with the caller stays behind this way as well as one that is its thread's.
    private static Task Outside(Func<Task> open)
    {
        using var suppressed = ExecutionContext.IsFlowSuppressed() ? default : ExecutionContext.SuppressFlow();
        return Task.Run(open);
    }

    // By another thread, which found nothing to close.
    private void CloseIfLeft(ClusterConnection child)
    {
        if (!IsOpen)
        {
            child.Close();
            ThrowIfClosed();
        }
    }

    private void ThrowIfClosed()
    {
        if (!IsOpen)
        {
            throw owner.NotOpen();
        }
    }
}
