using System.Globalization;
using ClusterClient.Diagnostics;
using ClusterClient.Health;
using ClusterClient.Topology;
using Microsoft.Extensions.Logging;

namespace ClusterClient.Data;

/// <summary>Has outliers looked for every second and whenever a call makes a node look like one, and has it told what comes of it.</summary>
internal sealed class OutlierWatch(
    string cluster, OutlierDetector detector, TopologyMonitor monitor, EventTeller teller, HealthClock clock, TimeProvider time, ILogger logger)
{
    private static readonly TimeSpan Period = TimeSpan.FromSeconds(1);

    /// <summary>Sweeps every second from the first look at a node on, until stopped.</summary>
    public Task RunAsync(CancellationToken stop)
    {
        // The loop outlives the call that builds the data source: its activity and its locals must not travel along.
        using var suppressed = ExecutionContext.IsFlowSuppressed() ? default : ExecutionContext.SuppressFlow();
        return SweepAsync(monitor.Current.Next, stop);
    }

    /// <summary>A call met a fault of its node's, and that made so many in a row.</summary>
    public void Met(int faultsInARow)
    {
        if (detector.IsAlarming(faultsInARow))
        {
            Sweep();
        }
    }

    private async Task SweepAsync(Task firstLook, CancellationToken stop)
    {
        try
        {
            await firstLook.WaitAsync(stop).ConfigureAwait(false);
            using var timer = new PeriodicTimer(Period, time);
            while (await timer.WaitForNextTickAsync(stop).ConfigureAwait(false))
            {
                Sweep();
            }
        }
        catch (OperationCanceledException)
        {
            // Stopped.
        }
    }

    private void Sweep()
    {
        try
        {
            var topology = monitor.Current;
            foreach (var change in detector.Sweep(topology, clock.Now))
            {
                teller.Post(Describe(change, topology));
            }
        }
#pragma warning disable CA1031 // Neither the loop nor the call that happened to be here may end by it.
        catch (Exception e)
#pragma warning restore CA1031
        {
            Log.OutlierWatchFault(logger, cluster, e);
        }
    }

    private static TopologyEvent Describe(OutlierChange change, ClusterTopology topology)
    {
        var node = topology.Nodes[change.Node];
        var seconds = (change.Ejection.Duration / 1_000_000.0).ToString("0.#", CultureInfo.InvariantCulture);
        return change.IsOver
            ? new(TopologyEventKind.NodeReadmitted, $"{node.Endpoint.Name} may serve again after {seconds} s of ejection", node, topology)
            : new(TopologyEventKind.NodeEjected, $"{node.Endpoint.Name} is ejected for {seconds} s: {change.Ejection.Cause}", node, topology);
    }
}
