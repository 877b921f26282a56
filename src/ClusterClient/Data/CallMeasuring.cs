namespace ClusterClient.Data;

/// <summary>
/// Runs a command or batch: the node's health learns from it, and where it fails in a way that it may be sent again after, that is done. The
/// first attempt runs bare; all that retries need is made when it has failed.
/// </summary>
/// <remarks>
/// The fault is noted in an exception filter: where the call is not sent again, the exception reaches its caller as the driver threw it,
/// stack and all.
/// </remarks>
internal static class CallMeasuring
{
    public static TResult Measure<TCommand, TResult>(Execution<TCommand> call, Func<Execution<TCommand>, TResult> run)
        where TCommand : class, IRepeatable
    {
        var connection = call.Command.Connection;
        return connection?.Roles is { } roles ? roles.Run(call, run) : MeasureOn(connection, call, run);
    }

    /// <summary>The same on the connection that it is bound to, which is the command's own or stands in for that.</summary>
    public static TResult MeasureOn<TCommand, TResult>(ClusterConnection? connection, Execution<TCommand> call, Func<Execution<TCommand>, TResult> run)
        where TCommand : class, IRepeatable
    {
        var ticket = connection?.BeginCall(call.Command) ?? default;
        try
        {
            var result = run(call);
            ticket.Answered();
            return connection?.WhyUnconfirmed() is { } unknown ? throw unknown : result;
        }
        catch (Exception e) when (connection is not null && e is not CommitOutcomeUnknownException && connection.Repeats(e, ticket, call.Command))
        {
            return new RepeatedCall<TCommand, TResult>(connection, call, ticket, e).Run(run);
        }
    }

    /// <param name="call">What is executed.</param>
    /// <param name="start">Binds it to the connection's node and starts it.</param>
    /// <returns>A task that fails with whatever speaks against the call, also when its connection is missing or closed or its node fenced.</returns>
    public static Task<TResult> MeasureAsync<TCommand, TResult>(Execution<TCommand> call, Func<Execution<TCommand>, Task<TResult>> start)
        where TCommand : class, IHedgeable<TCommand>
    {
        var connection = call.Command.Connection;
        return connection?.Roles is { } roles ? roles.RunAsync(call, start) : MeasureOnAsync(connection, call, start);
    }

    /// <inheritdoc cref="MeasureOn"/>
    public static Task<TResult> MeasureOnAsync<TCommand, TResult>(
        ClusterConnection? connection, Execution<TCommand> call, Func<Execution<TCommand>, Task<TResult>> start)
        where TCommand : class, IHedgeable<TCommand>
    {
        if (call.Command.WantsHedge && HedgedCall<TCommand, TResult>.TryRunAsync(connection, call, start) is { } hedged)
        {
            return hedged;
        }

        var ticket = connection?.BeginCall(call.Command) ?? default;
        Task<TResult> running;
        try
        {
            running = start(call);
        }
#pragma warning disable CA1031 // Nothing is swallowed: it is thrown where the task is awaited.
        catch (Exception e)
#pragma warning restore CA1031
        {
            running = Task.FromException<TResult>(e);
            if (connection is null)
            {
                return running;
            }
        }

        if (running.IsCompletedSuccessfully)
        {
            ticket.Answered();
            return connection?.WhyUnconfirmed() is { } unknown ? Task.FromException<TResult>(unknown) : running;
        }

        return call.CancellationToken.CanBeCanceled || connection!.Node is { CanEnd: false }
            ? RepeatableCall<TCommand, TResult>.WatchAsync(connection!, running, ticket, call, start)
            : AwaitAsync(running, ticket, call, start);
    }

    private static async Task<TResult> AwaitAsync<TCommand, TResult>(
        Task<TResult> running, CallTicket ticket, Execution<TCommand> call, Func<Execution<TCommand>, Task<TResult>> start)
        where TCommand : class, IRepeatable
    {
        try
        {
            var result = await running.ConfigureAwait(false);
            ticket.Answered();
            return call.Command.Connection!.WhyUnconfirmed() is { } unknown ? throw unknown : result;
        }
        catch (Exception e) when (e is not CommitOutcomeUnknownException && call.Command.Connection!.Repeats(e, ticket, call.Command))
        {
            return await new RepeatedCall<TCommand, TResult>(call.Command.Connection!, call, ticket, e).RunAsync(start).ConfigureAwait(false);
        }
    }
}
