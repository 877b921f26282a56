namespace ClusterClient.Data;

/// <summary>Lets a call of the driver's go on as it is, and has its fault noted when it ends in one.</summary>
/// <remarks>The exception is noted in a filter: it reaches the caller as the driver threw it, stack and all.</remarks>
internal static class FaultNoting
{
    public static TResult Noting<TCall, TResult>(this ClusterConnection connection, TCall call, Func<TCall, TResult> run)
    {
        try
        {
            return run(call);
        }
        catch (Exception e) when (connection.Notes(e))
        {
            throw;
        }
    }

    /// <summary>
    /// The same for a call that goes on by itself. An asynchronous method fails through its task only, also when the connection
    /// is missing or closed or its node fenced.
    /// </summary>
    /// <param name="connection">The connection; it may be null if <paramref name="start"/> refuses that.</param>
    /// <param name="call">What <paramref name="start"/> needs.</param>
    /// <param name="start">Binds the call to the connection's node and starts it.</param>
    /// <param name="cancellationToken">The caller's token. Once cancelled it ends the call, whatever the server does.</param>
    public static Task<TResult> NotingAsync<TCall, TResult>(
        this ClusterConnection? connection, TCall call, Func<TCall, Task<TResult>> start, CancellationToken cancellationToken)
    {
        Task<TResult> running;
        try
        {
            running = start(call);
        }
#pragma warning disable CA1031 // Nothing is swallowed: it is thrown where the task is awaited.
        catch (Exception e)
#pragma warning restore CA1031
        {
            return Task.FromException<TResult>(e);
        }

        return running.IsCompletedSuccessfully ? running
            : cancellationToken.CanBeCanceled || connection!.Node is { CanEnd: false } ? SingleCall<TResult>.WatchAsync(connection!, running, cancellationToken)
            : AwaitAsync(connection!, running);

        static async Task<TResult> AwaitAsync(ClusterConnection connection, Task<TResult> running)
        {
            try
            {
                return await running.ConfigureAwait(false);
            }
            catch (Exception e) when (connection.Notes(e))
            {
                throw;
            }
        }
    }

    /// <summary>The same for a call without a result.</summary>
    public static Task NotingAsync<TCall>(
        this ClusterConnection? connection, TCall call, Func<TCall, Task> start, CancellationToken cancellationToken) =>
        connection.NotingAsync(
            (call, start),
            static async c =>
            {
                await c.start(c.call).ConfigureAwait(false);
                return true;
            },
            cancellationToken);
}
