using ClusterClient.History.Recording;

namespace ClusterClient.History.Workload;

/// <summary>One client: an operation after the other, with a short pause between them.</summary>
internal sealed class Client(OperationPlan plan, Performer performer, Recorder recorder, CommitLog commits, Random random)
{
    private const int MaxPauseMs = 8;

    /// <summary>Goes on until told to stop, and ends with the operation that it is at then.</summary>
    public async Task RunAsync(CancellationToken stop)
    {
        while (!stop.IsCancellationRequested)
        {
            var operation = plan.Next() with { Began = recorder.Clock.Now };
            commits.Enter(operation.Id);

            // Not the token: a commit that is cancelled while it waits for a standby would count as done.
            var told = await performer.PerformAsync(operation, CancellationToken.None);
            recorder.Add(told with { Ended = recorder.Clock.Now });
            await Task.Delay(random.Next(MaxPauseMs), CancellationToken.None);
        }
    }
}
