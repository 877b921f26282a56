namespace ClusterClient.Data;

/// <summary>A command or batch whose caller may cancel it: where its first attempt fails, it may be sent again.</summary>
/// <typeparam name="TCommand">What is executed.</typeparam>
/// <typeparam name="TResult">The call's result.</typeparam>
internal sealed class RepeatableCall<TCommand, TResult> : CancellableCall<TResult>
    where TCommand : class, IRepeatable
{
    private readonly ClusterConnection _connection;
    private readonly Execution<TCommand> _execution;
    private readonly Func<Execution<TCommand>, Task<TResult>> _start;

    private RepeatableCall(
        ClusterConnection connection, Task<TResult> call, CallTicket ticket, Execution<TCommand> execution, Func<Execution<TCommand>, Task<TResult>> start)
        : base(connection, call, ticket, execution.CancellationToken) =>
        (_connection, _execution, _start) = (connection, execution, start);

    /// <inheritdoc cref="CancellableCall{TResult}.WatchAsync"/>
    public static Task<TResult> WatchAsync(
        ClusterConnection connection, Task<TResult> call, CallTicket ticket, Execution<TCommand> execution, Func<Execution<TCommand>, Task<TResult>> start) =>
        new RepeatableCall<TCommand, TResult>(connection, call, ticket, execution, start).WatchAsync();

    /// <inheritdoc/>
    protected override bool GoesOnAfter(Exception exception, CallTicket ticket)
    {
        if (!_connection.Repeats(exception, ticket, _execution.Command))
        {
            return false;
        }

        _ = RepeatAsync(exception, ticket);
        return true;
    }

    private async Task RepeatAsync(Exception first, CallTicket ticket)
    {
        var repeated = new RepeatedCall<TCommand, TResult>(_connection, _execution, ticket, first).RunAsync(_start);
        await ((Task)repeated).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        TrySetFromTask(repeated);
    }
}
