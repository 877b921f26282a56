using System.Data;

namespace ClusterClient.Data;

/// <summary>A command or batch whose caller may cancel it: where its first attempt fails, it may be sent again.</summary>
/// <typeparam name="TCommand">What is executed.</typeparam>
/// <typeparam name="TResult">The call's result.</typeparam>
internal sealed class RepeatableCall<TCommand, TResult> : CancellableCall<TResult>
    where TCommand : class, IRepeatable
{
    // Field by field, because every call with a token has one of these.
    private readonly TCommand _command;
    private readonly CommandBehavior _behavior;
    private readonly Func<Execution<TCommand>, Task<TResult>> _start;

    private RepeatableCall(
        ClusterConnection connection, Task<TResult> call, CallTicket ticket, Execution<TCommand> execution, Func<Execution<TCommand>, Task<TResult>> start)
        : base(connection, call, ticket, execution.CancellationToken) =>
        (_command, _behavior, _start) = (execution.Command, execution.Behavior, start);

    /// <inheritdoc cref="CancellableCall{TResult}.WatchAsync"/>
    public static Task<TResult> WatchAsync(
        ClusterConnection connection, Task<TResult> call, CallTicket ticket, Execution<TCommand> execution, Func<Execution<TCommand>, Task<TResult>> start) =>
        new RepeatableCall<TCommand, TResult>(connection, call, ticket, execution, start).WatchAsync();

    /// <inheritdoc/>
    protected override bool GoesOnAfter(Exception exception, CallTicket ticket)
    {
        if (!Connection.Repeats(exception, ticket, _command))
        {
            return false;
        }

        _ = RepeatAsync(exception, ticket);
        return true;
    }

    private async Task RepeatAsync(Exception first, CallTicket ticket)
    {
        var repeated = new RepeatedCall<TCommand, TResult>(Connection, new(_command, _behavior, Caller), ticket, first).RunAsync(_start);
        await ((Task)repeated).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        TrySetFromTask(repeated);
    }
}
