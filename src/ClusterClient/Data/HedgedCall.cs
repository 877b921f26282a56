using System.Diagnostics;
using ClusterClient.Diagnostics;
using ClusterClient.Resilience;

namespace ClusterClient.Data;

/// <summary>
/// A read of which a second replica is asked when the first takes unusually long: longer than the live 95th percentile of the data source's
/// reads, and than two round trips. The first answer wins; the loser is cancelled unless it ends soon, and its connection given back behind the scenes.
/// </summary>
/// <remarks>
/// Why by the percentile: by definition it bounds the second attempts to 5 % of reads, as a delay in milliseconds does not when the load
/// changes. Bound: hedges in any ten seconds ≤ 5 % of the reads that were answered in them, each paid from the retry budget. The nearer
/// that is, the longer the delay: delay = max(p95, 2 · round trip) · (1 + 3 · share used), so that the slowest reads get what there is.
/// Source: Dean and Barroso, The Tail at Scale, CACM 2013. Both attempts run copies of the command, because a driver does not let go of
/// one that runs, and the caller's own must be free as soon as its answer is there. A fault before the delay is over, or of both attempts,
/// is the first one's and takes the way of every other.
/// </remarks>
/// <typeparam name="TCommand">What is executed.</typeparam>
/// <typeparam name="TResult">The call's result.</typeparam>
internal sealed class HedgedCall<TCommand, TResult> : HedgeableCall
    where TCommand : class, IHedgeable<TCommand>
{
    /// <summary>How much longer than usual a hedge waits when its allowance is used up, on top of the usual.</summary>
    private const double LongestStretch = 3;

    private readonly ClusterConnection _connection;
    private readonly ConnectionOpener _opener;
    private readonly HedgePipeline _hedges;
    private readonly Execution<TCommand> _call;
    private readonly Func<Execution<TCommand>, Task<TResult>> _start;
    private readonly ClusterNode _node;
    private readonly long _began;
    private readonly double _usual;
    private HedgeAttempt<TCommand, TResult>? _hedge;
    private ClusterNode? _hedgeNode;
    private TimeSpan _wait;

    private HedgedCall(
        ClusterConnection connection, HedgePipeline hedges, Execution<TCommand> call, Func<Execution<TCommand>, Task<TResult>> start)
    {
        (_connection, _opener, _hedges, _call, _start) = (connection, connection.Opener, hedges, call, start);
        _node = connection.Node!;
        _began = _opener.Clock.Now;
        var usual = hedges.Latency.Level;
        _usual = Math.Max(usual, Math.Max(2 * _opener.RoundTripTo(_node), hedges.Policy.MinDelay.TotalMicroseconds));
        _wait = usual > 0 ? Whole(_usual) : Timeout.InfiniteTimeSpan;
    }

    /// <inheritdoc/>
    public override TimeSpan Delay => _wait;

    /// <summary>Runs the call; null when it is none that can be hedged.</summary>
    public static Task<TResult>? TryRunAsync(
        ClusterConnection? connection, Execution<TCommand> call, Func<Execution<TCommand>, Task<TResult>> start) =>
        connection is { MayBeHedged: true, Opener.Hedges: { } hedges } && call.Command.CanBeCopied
            ? new HedgedCall<TCommand, TResult>(connection, hedges, call, start).RunAsync()
            : null;

    /// <inheritdoc/>
    public override RacingAttempt? TryHedge()
    {
        try
        {
            return Hedge();
        }
#pragma warning disable CA1031 // The first attempt runs: what the application's own policy or logger meets here is not what becomes of the read.
        catch (Exception)
#pragma warning restore CA1031
        {
            _wait = Timeout.InfiniteTimeSpan;
            return null;
        }
    }

    private HedgeAttempt<TCommand, TResult>? Hedge()
    {
        var now = _opener.Clock.Now;
        var elapsed = now - _began;
        var allowed = _hedges.Policy.MaxRatio * _hedges.Reads.Read(now);
        var due = _usual * (1 + (LongestStretch * (1 - _hedges.Budget.HedgesLeft(now, allowed))));
        var limit = Limit - TimeSpan.FromMicroseconds(elapsed);
        if (elapsed < due)
        {
            _wait = Whole(due - elapsed);
            return null;
        }

        // Asked again after twice the time where there is no other node, or no budget, yet.
        _wait = limit <= TimeSpan.Zero ? Timeout.InfiniteTimeSpan : Whole(elapsed);
        if (limit <= TimeSpan.Zero || _connection.ChooseForHedge(_node) is not { } second || !_hedges.Budget.TryHedge(now, allowed))
        {
            return null;
        }

        Log.Hedged(_opener.Logger, _opener.Cluster, _node.Endpoint.Name, second.Endpoint.Name, elapsed);
        if (!ClusterActivity.IsWatched)
        {
            // Whoever takes traces without this library's own still sees it.
            Activity.Current?.AddEvent(new(ClusterActivity.Hedge, tags: new()
            {
                [TagNames.Node] = second.Endpoint.Name,
                [TagNames.FirstNode] = _node.Endpoint.Name,
            }));
        }

        _hedgeNode = second;
        return _hedge = HedgeAttempt<TCommand, TResult>.Second(
            _connection.ForHedge(), _call, _start, new(_node, Cause: null, limit ?? _opener.Limits.FailoverTimeout, second), limit ?? TimeSpan.Zero);
    }

    // The shorter of the two that the call has; null where it has neither.
    private TimeSpan? Limit => _connection.LimitOf(_call.Command);

    private async Task<TResult> RunAsync()
    {
        var first = HedgeAttempt<TCommand, TResult>.First(_connection, _call, _start, WaitsAfter);
        _connection.StandIn = first.Command;
        var decider = first.Task.IsCompleted || _wait == Timeout.InfiniteTimeSpan
            ? await first.EndAsync(CancellationToken.None).ConfigureAwait(false)
            : await _hedges.RaceAsync(this, first).ConfigureAwait(false);
        if (_hedge is { } hedge)
        {
            if (ReferenceEquals(decider, hedge) && await TryChangeAsync(first, hedge).ConfigureAwait(false))
            {
                Answered();
                hedge.Won();
                _opener.Meter?.Hedged(_hedgeNode!.Index, "won");
                _connection.StandIn = hedge.Command;
                _ = first.EndLostAsync(hedge.Connection, _node);
                return await hedge.Task.ConfigureAwait(false);
            }

            hedge.TryLose();
            _opener.Meter?.Hedged(_hedgeNode!.Index, "lost");
            _ = hedge.EndLostAsync(hedge.Connection, _hedgeNode!);
            await first.EndAsync(CancellationToken.None).ConfigureAwait(false);
        }

        first.Won();
        if (first.Task.IsCompletedSuccessfully)
        {
            Answered();
        }
        else if (first.Repeats)
        {
            var fault = first.Task.Exception!.InnerException!;
            return await new RepeatedCall<TCommand, TResult>(_connection, _call, first.Ticket, fault).RunAsync(_start).ConfigureAwait(false);
        }
        else if (first.Task.IsCanceled)
        {
            _call.CancellationToken.ThrowIfCancellationRequested();
        }

        return await first.Task.ConfigureAwait(false);
    }

    // The second attempt has answered: false where the call is the first one's all the same.
    private async ValueTask<bool> TryChangeAsync(HedgeAttempt<TCommand, TResult> first, HedgeAttempt<TCommand, TResult> hedge)
    {
        // Closed from another thread while its call ran: it must not be opened again.
        if (_connection.IsLeft || (_connection.NativeOrNull is null && !first.Task.IsCompleted))
        {
            return false;
        }

        if (!first.TryLose())
        {
            await first.EndAsync(CancellationToken.None).ConfigureAwait(false);
            if (first.Task.IsCompletedSuccessfully || _connection.IsLeft)
            {
                return false;
            }
        }

        _connection.ChangePlaces(hedge.Connection);
        return true;
    }

    // While the other attempt runs, a fault is not the end that it might answer after; anything else would be the same there.
    private bool WaitsAfter(Exception exception) => _hedge is not null && _opener.Classify(exception).IsTransient;

    private void Answered()
    {
        var now = _opener.Clock.Now;
        _hedges.Answered(now, now - _began);
    }

    // Timers cut fractions of a millisecond off.
    private static TimeSpan Whole(double microseconds) => TimeSpan.FromMilliseconds(Math.Ceiling(microseconds / 1_000));
}
