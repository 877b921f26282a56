using System.Data;
using System.Data.Common;
using ClusterClient.Health;
using ClusterClient.Routing;
using ClusterClient.Topology;
using AmbientTransaction = System.Transactions.Transaction;

namespace ClusterClient.Data;

// Which of the two runs a command or batch, and what that leaves for the reads that follow.
internal sealed partial class RoleConnections
{
    /// <summary>A way to a node that was shorter than this is nothing to count from a limit of whole seconds.</summary>
    private static readonly TimeSpan ShortWay = TimeSpan.FromMilliseconds(10);

    public TResult Run<TCommand, TResult>(Execution<TCommand> call, Func<Execution<TCommand>, TResult> run)
        where TCommand : class, IRepeatable
    {
        var child = Lead(call.Command, call.Behavior);
        DbDataReader? reader = null;
        try
        {
            var result = CallMeasuring.MeasureOn(child, call, run);
            reader = result as DbDataReader;
            return result;
        }
        finally
        {
            Ended(child, call.Command, reader);
        }
    }

    public async Task<TResult> RunAsync<TCommand, TResult>(Execution<TCommand> call, Func<Execution<TCommand>, Task<TResult>> start)
        where TCommand : class, IHedgeable<TCommand>
    {
        var child = await LeadAsync(call.Command, call.Behavior, call.CancellationToken).ConfigureAwait(false);
        DbDataReader? reader = null;
        try
        {
            var result = await CallMeasuring.MeasureOnAsync(child, call, start).ConfigureAwait(false);
            reader = result as DbDataReader;
            return result;
        }
        finally
        {
            Ended(child, call.Command, reader);
        }
    }

    /// <summary>Binds the command to that of the two which is to run it, open.</summary>
    public ClusterConnection Lead(IRepeatable command, CommandBehavior behavior = CommandBehavior.Default)
    {
        var began = Opener.Time.GetTimestamp();
        if (MustOpen(command, out var child))
        {
            OpenOutside(child, Way(command));
        }

        return Lead(child, command, behavior, began);
    }

    /// <inheritdoc cref="Lead(IRepeatable, CommandBehavior)"/>
    public async ValueTask<ClusterConnection> LeadAsync(IRepeatable command, CommandBehavior behavior, CancellationToken cancellationToken)
    {
        var began = Opener.Time.GetTimestamp();
        if (MustOpen(command, out var child))
        {
            await OpenOutsideAsync(child, Way(command), cancellationToken).ConfigureAwait(false);
        }

        return Lead(child, command, behavior, began);
    }

    private ClusterConnection Lead(ClusterConnection child, IRepeatable command, CommandBehavior behavior, long began)
    {
        command.RunOn(child);
        (_last, child.CallLimit) = (child, Left(command, began));
        if ((behavior & CommandBehavior.CloseConnection) != 0)
        {
            _closesWith = child;
        }

        return child;
    }

    private bool MustOpen(IRepeatable command, out ClusterConnection child)
    {
        ThrowIfClosed();
        AskForTransaction();
        if (command.Intent != RouteIntent.Read || IsFixed || AmbientTransaction.Current is not null)
        {
            return MustOpenWriter(out child);
        }

        child = _reader ??= New(RouteIntent.Read);
        return MustOpenReader(child);
    }

    private bool MustOpenReader(ClusterConnection reader)
    {
        var topology = Opener.Topology;
        var after = _writes.Before(topology, goesOn: _writer is { IsUnwrapped: true, NativeOrNull: not null });
        if (!ReferenceEquals(after, _scope.After))
        {
            _scope = origin.Scope with { After = after };
        }

        if (after is not null && !after.IsHadByAny(topology))
        {
            Opener.LookEarly();
        }

        if (reader.NativeOrNull is not { State: ConnectionState.Open } || Router.IsOutOfBounds(RouteIntent.Read, topology.Nodes[reader.Node!.Index].Status))
        {
            return true;
        }

        if (_rows is { IsClosed: false })
        {
            // The driver refuses the command then, and what is being read goes on.
            return false;
        }

        // It may be sent again, and hedged, like the first on a connection of its own: nobody counts on the session.
        reader.Again();
        var request = Opener.Selector.Request(_scope, RouteIntent.Read).In(topology);
        return !Suits(reader.Node, request, topology) && Opener.Choose(request, topology) is var other && other?.Index != reader.Node.Index;
    }

    // What is as good as another is kept: a change costs more than it brings.
    private bool Suits(ClusterNode node, in RouteRequest request, ClusterTopology topology) =>
        RouteFilter.Judge(request, Opener.Selector.View(topology).Slots[node.Index], node.State) is RouteVerdict.Eligible or RouteVerdict.SlowStart;

    // One deadline for a call, the way to its node included.
    private MoveFrom? Way(IRepeatable command) =>
        Opener.Limits.LimitOf(command.Timeout) is { } limit && limit < Opener.Limits.OpenTimeout ? new(Node: null, Cause: null, limit) : null;

    // Zero for what the command has by itself.
    private TimeSpan Left(IRepeatable command, long began)
    {
        var took = Opener.Time.GetElapsedTime(began);
        return took < ShortWay || Opener.Limits.LimitOf(command.Timeout) is not { } limit ? TimeSpan.Zero
            : took < limit ? limit - took
            : TimeSpan.FromTicks(1);
    }

    private void Ended(ClusterConnection child, IRepeatable command, DbDataReader? reader)
    {
        child.CallLimit = TimeSpan.Zero;
        if (ReferenceEquals(child, _reader))
        {
            _rows = reader;
            return;
        }

        AskForTransaction();
        if (command.IsReadOnly)
        {
            return;
        }

        if (IsFixed)
        {
            _mayHaveWritten = true;
        }
        else if (reader is null)
        {
            Wrote();
        }
        else
        {
            _writes.EndsWith(reader);
        }
    }
}
