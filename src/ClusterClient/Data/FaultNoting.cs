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

    public static Task<T> NotingAsync<T>(this ClusterConnection connection, Task<T> call)
    {
        // What has ended well needs no second state machine.
        return call.IsCompletedSuccessfully ? call : AwaitAsync(connection, call);

        static async Task<T> AwaitAsync(ClusterConnection connection, Task<T> call)
        {
            try
            {
                return await call.ConfigureAwait(false);
            }
            catch (Exception e) when (connection.Notes(e))
            {
                throw;
            }
        }
    }

    public static async Task NotingAsync(this ClusterConnection connection, Task call)
    {
        try
        {
            await call.ConfigureAwait(false);
        }
        catch (Exception e) when (connection.Notes(e))
        {
            throw;
        }
    }
}
