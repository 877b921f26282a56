using System.Collections.Concurrent;
using System.Data.Common;
using System.Diagnostics;

namespace ClusterClient.Benchmarks.Failover;

/// <summary>An application that writes, pauses a little, and tries again when it fails.</summary>
internal sealed class WriteLoop(Writes writes)
{
    public const string Table = "written";

    public const string Insert = $"insert into {Table} default values";

    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(5);
    private readonly ConcurrentDictionary<int, TaskCompletionSource<long>> _first = [];

    public int Errors { get; private set; }

    /// <summary>Completes with the timestamp of the first acknowledgement from the server at this port.</summary>
    public Task<long> AcknowledgedBy(int port) => Source(port).Task;

    public async Task RunAsync(CancellationToken stop)
    {
        while (!stop.IsCancellationRequested)
        {
            try
            {
                var port = await writes.WriteAsync(Insert);
                Source(port).TrySetResult(Stopwatch.GetTimestamp());
            }
            catch (DbException)
            {
                Errors++;
            }

            await Task.Delay(Pause, CancellationToken.None);
        }
    }

    private TaskCompletionSource<long> Source(int port) =>
        _first.GetOrAdd(port, static _ => new(TaskCreationOptions.RunContinuationsAsynchronously));
}
