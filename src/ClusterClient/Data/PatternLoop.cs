using System.Collections.Immutable;
using ClusterClient.Diagnostics;
using ClusterClient.Health.Patterns;
using ClusterClient.Topology;
using Microsoft.Extensions.Logging;

namespace ClusterClient.Data;

/// <summary>
/// The patterns' own loop, from the data source's first use on: has a sample taken every minute and what was learnt saved every hour,
/// and pools filled when it goes on from a file, and a few minutes before a busier hour.
/// </summary>
internal sealed class PatternLoop(
    string cluster,
    ImmutableArray<ClusterNode> nodes,
    PatternOptimiser optimiser,
    PatternFile? file,
    PreWarmer warmer,
    TopologyMonitor monitor,
    Random jitter,
    TimeProvider time,
    ILogger logger)
{
    public static readonly TimeSpan Interval = TimeSpan.FromMinutes(1);

    /// <summary>How long before an hour it is prepared for: different for each process, so that a fleet does not come at once.</summary>
    public static readonly TimeSpan ShortestLead = TimeSpan.FromMinutes(2);

    /// <summary>Not longer than pools keep what nobody uses: five minutes, at Npgsql.</summary>
    public static readonly TimeSpan LongestLead = TimeSpan.FromMinutes(5);

    // Nodes that a file told of and that could not be prepared yet; then which hour was, and what is being done about it.
    private readonly HashSet<int> _starting = [];
    private int _preparedFor;
    private TimeSpan _lead;
    private Task _warming = Task.CompletedTask;
    private bool _hasLearnt;

    public string Explain() => PatternExplanation.Describe(cluster, nodes.Select(n => n.Endpoint.Name), optimiser.Current, file?.Path);

    public Task RunAsync(CancellationToken stop)
    {
        using var suppressed = ExecutionContext.IsFlowSuppressed() ? default : ExecutionContext.SuppressFlow();
        return Task.Run(() => LoopAsync(stop), CancellationToken.None);
    }

    private async Task LoopAsync(CancellationToken stop)
    {
        await monitor.Started.WaitAsync(stop).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (stop.IsCancellationRequested)
        {
            return;
        }

        Try(Start);
        for (var observedAt = time.GetTimestamp(); !stop.IsCancellationRequested;)
        {
            Try(() => Warm(stop));
            await PauseAsync(Interval - time.GetElapsedTime(observedAt), stop).ConfigureAwait(false);
            if (!stop.IsCancellationRequested && time.GetElapsedTime(observedAt) >= Interval)
            {
                observedAt = time.GetTimestamp();
                Try(Observe);
            }
        }

        await _warming.ConfigureAwait(false);
        Try(() =>
        {
            optimiser.Observe();
            Save();
        });
    }

    private void Start()
    {
        _lead = Lead();
        optimiser.Restore(file?.Load() ?? []);
        _starting.UnionWith(nodes.Select(n => n.Index).Where(n => optimiser.Current.Nodes[n].Now is not null));
    }

    // A minute; or as long as it takes a node to be found that is to be prepared.
    private async Task PauseAsync(TimeSpan pause, CancellationToken stop)
    {
        if (pause <= TimeSpan.Zero)
        {
            return;
        }

        // Delays drop what is less than a millisecond: rounded down, the loop would spin through the last one.
        pause = TimeSpan.FromMilliseconds(Math.Ceiling(pause.TotalMilliseconds));
        // The last snapshot of a monitor that has stopped follows itself: waiting for it would be no wait.
        Task pausing = _starting.Count > 0 && !monitor.IsStopped
            ? monitor.Current.Next.WaitAsync(pause, time, stop)
            : Task.Delay(pause, time, stop);
        await pausing.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    private void Observe()
    {
        var before = optimiser.Current;
        var learns = optimiser.Observe();
        foreach (var (i, (old, now)) in before.Nodes.Zip(optimiser.Current.Nodes).Index())
        {
            if (old.Score.State != now.Score.State)
            {
                var state = $"{now.Score.State}".ToLowerInvariant();
                Log.PatternChanged(logger, cluster, nodes[i].Endpoint.Name, state, now.Score.Mase, now.Score.Hours);
            }
        }

        if (learns)
        {
            _hasLearnt = true;
            Save();
        }
    }

    private void Save()
    {
        if (_hasLearnt)
        {
            file?.Save(optimiser.Memories);
        }
    }

    private void Warm(CancellationToken stop)
    {
        if (!_warming.IsCompleted || stop.IsCancellationRequested)
        {
            return;
        }

        var weights = optimiser.Current;
        List<(int Node, double Concurrency)> targets =
            [.. _starting.Where(warmer.MayServe).Select(n => (n, Concurrency(n, weights.Nodes[n].Now)))];
        _starting.ExceptWith(targets.Select(t => t.Node));
        if (HourOfWeek.Start(weights.Hour + 1) - time.GetUtcNow() <= _lead && _preparedFor != weights.Hour + 1)
        {
            _preparedFor = weights.Hour + 1;
            _lead = Lead();
            targets.AddRange(nodes.Select(n => n.Index).Where(n => warmer.MayServe(n) && GetsBusier(n, weights.Nodes[n]))
                .Select(n => (n, Concurrency(n, weights.Nodes[n].Next))));
        }

        if (targets.Count > 0)
        {
            // A task of its own: some drivers open synchronously whatever they are asked, and samples must not wait for that.
            _warming = Task.Run(() => WarmAsync(targets, stop), CancellationToken.None);
        }
    }

    private async Task WarmAsync(List<(int Node, double Concurrency)> targets, CancellationToken stop)
    {
        try
        {
            await warmer.WarmAsync(targets, stop).ConfigureAwait(false);
        }
#pragma warning disable CA1031 // As below.
        catch (Exception e)
#pragma warning restore CA1031
        {
            Log.PatternFault(logger, cluster, e);
        }
    }

    private bool GetsBusier(int node, in NodePrior prior) => prior.Next is { } next
        && PreWarmPlan.IsClearlyMore(Concurrency(node, next), Concurrency(node, next with { Rate = prior.Rate }));

    private double Concurrency(int node, HourForecast? forecast) =>
        forecast?.Concurrency(monitor.Current.Nodes[node].RoundTrip.TotalMicroseconds) ?? 0;

    private TimeSpan Lead() => ShortestLead + ((LongestLead - ShortestLead) * jitter.NextDouble());

    private void Try(Action step)
    {
        try
        {
            step();
        }
#pragma warning disable CA1031 // Nothing that patterns meet may end their loop, or anything else.
        catch (Exception e)
#pragma warning restore CA1031
        {
            Log.PatternFault(logger, cluster, e);
        }
    }
}
