namespace ClusterClient.Data;

/// <summary>A call whose caller may cancel it, and which is made once: where it fails, that is its end.</summary>
/// <typeparam name="TResult">The call's result.</typeparam>
internal sealed class SingleCall<TResult> : CancellableCall<TResult>
{
    private SingleCall(ClusterConnection connection, Task<TResult> call, CancellationToken caller)
        : base(connection, call, default, caller)
    {
    }

    /// <inheritdoc cref="CancellableCall{TResult}.WatchAsync"/>
    public static Task<TResult> WatchAsync(ClusterConnection connection, Task<TResult> call, CancellationToken caller) =>
        new SingleCall<TResult>(connection, call, caller).WatchAsync();

    /// <inheritdoc/>
    protected override bool GoesOnAfter(Exception exception, CallTicket ticket) => Connection.Notes(exception, ticket);
}
