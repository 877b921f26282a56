using System.Data.Common;
using AmbientTransaction = System.Transactions.Transaction;

namespace ClusterClient.Data;

/// <summary>
/// A driver's synchronous open that may have to connect, on a thread of its own, while its caller waits for it, for the call's
/// deadline and for the news that the node is not what was asked for any more. Nothing ends such an open on a hung server before the
/// driver's own timeout; so then it is left alone, and its connection is disposed when it ends.
/// </summary>
/// <remarks>A thread, not the pool's: it blocks, and blocked ones that the pool waits for are what starves a process.</remarks>
internal static class BlockingOpen
{
    public static void Run(DbConnection native, string? name, ClusterNode node, ConnectionOpener opener, in OpenAttempt attempt)
    {
        var isForThePool = LocalWaitException.IsDue(node);
        var opening = Start(native, name, opener);
        try
        {
            while (!opening.IsCompleted)
            {
                opener.ThrowIfDisposed();
                var topology = opener.Topology;
                attempt.ThrowIfLeft(node, topology);
                if (Task.WaitAny([opening, topology.Next], attempt.Deadline.Remaining) < 0)
                {
                    throw isForThePool
                        ? LocalWaitException.ForThePool(node)
                        : new TimeoutException($"Connecting to {node.Endpoint.Name} took longer than the call had left.");
                }
            }
        }
        catch
        {
            // Even when it has just ended: if in a failure, somebody has to have seen it.
            _ = ConnectionOpener.DisposeWhenOpenEndsAsync(opening, native);
            throw;
        }

        // It has ended: this blocks nothing, and throws what the driver threw.
        opening.GetAwaiter().GetResult();
    }

    private static Task Start(DbConnection native, string? name, ConnectionOpener opener)
    {
        var result = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var ambient = AmbientTransaction.Current;
        var thread = new Thread(() =>
        {
            try
            {
                if (ambient is not null)
                {
                    // A scope that does not flow belongs to the caller's thread alone, and the driver joins it from this one.
                    AmbientTransaction.Current = ambient;
                }

                native.Open();
                if (name is not null)
                {
                    opener.Name(native, name);
                }

                result.SetResult();
            }
#pragma warning disable CA1031 // Nothing is swallowed: it is thrown where the caller waits.
            catch (Exception e)
#pragma warning restore CA1031
            {
                result.SetException(e);
            }
        })
        {
            IsBackground = true,
            Name = "ClusterClient open",
        };
        thread.Start();
        return result.Task;
    }
}
