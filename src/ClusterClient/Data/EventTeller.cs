using ClusterClient.Diagnostics;
using ClusterClient.Topology;
using Microsoft.Extensions.Logging;

namespace ClusterClient.Data;

/// <summary>
/// Tells the log and the application's handler what happened, in order and with nothing left out. It has a loop of its own, because
/// a handler may be slow, and nothing that matters may wait for it.
/// </summary>
internal sealed class EventTeller(string cluster, Action<TopologyEvent>? handler, ILogger logger)
{
    public Task RunAsync(ClusterTopology from, CancellationToken stop) => from.FollowAsync(
        (before, after) =>
        {
            foreach (var happened in TopologyDifference.Between(before, after))
            {
                Tell(happened);
            }
        },
        stop);

    private void Tell(TopologyEvent happened)
    {
        switch (happened.Kind)
        {
            case TopologyEventKind.PrimaryFound or TopologyEventKind.NodeOnline:
                Log.TopologyChanged(logger, cluster, happened.Message);
                break;
            case TopologyEventKind.PrimaryLost or TopologyEventKind.NodeLost:
                Log.TopologyWorsened(logger, cluster, happened.Message);
                break;
            default:
                Log.TopologyIncoherent(logger, cluster, happened.Message);
                break;
        }

        try
        {
            handler?.Invoke(happened);
        }
#pragma warning disable CA1031 // The application's handler may throw whatever it likes; the cluster is followed all the same.
        catch (Exception e)
#pragma warning restore CA1031
        {
            Log.HandlerFault(logger, cluster, e);
        }
    }
}
