using System.Threading.Channels;
using ClusterClient.Diagnostics;
using ClusterClient.Topology;
using Microsoft.Extensions.Logging;

namespace ClusterClient.Data;

/// <summary>
/// Tells the log and the application's handler what happened, in order and with nothing left out: what the topology's snapshots
/// show, and what others post. It has a loop of its own, because a handler may be slow, and nothing that matters may wait for it.
/// </summary>
internal sealed class EventTeller(string cluster, Action<TopologyEvent>? handler, ILogger logger)
{
    private readonly Channel<TopologyEvent> _happened = Channel.CreateUnbounded<TopologyEvent>(new() { SingleReader = true });

    /// <summary>Null where nothing is measured.</summary>
    public EventCounter? Counter { get; init; }

    /// <summary>Null where it is not told.</summary>
    public FailoverStory? Story { get; init; }

    /// <summary>Ends when there are no more snapshots, or it is stopped, and everything until then has been told.</summary>
    public Task RunAsync(ClusterTopology from, CancellationToken stop) => Task.WhenAll(FollowAsync(from, stop), TellAllAsync());

    /// <summary>Has this told after everything that came before; nothing is told after the end.</summary>
    public void Post(TopologyEvent happened)
    {
        Counter?.Count(happened);
        Story?.Follow(happened);
        _happened.Writer.TryWrite(happened);
    }

    private async Task FollowAsync(ClusterTopology from, CancellationToken stop)
    {
        try
        {
            await from.FollowAsync(
                (before, after) =>
                {
                    foreach (var happened in TopologyDifference.Between(before, after))
                    {
                        Post(happened);
                    }
                },
                stop).ConfigureAwait(false);
        }
        finally
        {
            _happened.Writer.Complete();
        }
    }

    private async Task TellAllAsync()
    {
        await foreach (var happened in _happened.Reader.ReadAllAsync().ConfigureAwait(false))
        {
            Tell(happened);
        }
    }

    private void Tell(TopologyEvent happened)
    {
        switch (happened.Kind)
        {
            case TopologyEventKind.PrimaryFound or TopologyEventKind.NodeOnline:
                Log.TopologyChanged(logger, cluster, happened.Message);
                break;
            case TopologyEventKind.NodeLost when happened.IsToldAnyway:
                Log.TopologyDetail(logger, cluster, happened.Message);
                break;
            case TopologyEventKind.PrimaryLost or TopologyEventKind.NodeLost:
                Log.TopologyWorsened(logger, cluster, happened.Message);
                break;
            case TopologyEventKind.NodeEjected:
                Log.NodeEjected(logger, cluster, happened.Message);
                break;
            case TopologyEventKind.NodeReadmitted:
                Log.NodeReadmitted(logger, cluster, happened.Message);
                break;
            case TopologyEventKind.CircuitOpened:
                Log.CircuitOpened(logger, cluster, happened.Message);
                break;
            case TopologyEventKind.CircuitHalfOpened:
                Log.CircuitHalfOpened(logger, cluster, happened.Message);
                break;
            case TopologyEventKind.CircuitClosed:
                Log.CircuitClosed(logger, cluster, happened.Message);
                break;
            case TopologyEventKind.WritesLost:
                Log.WritesLost(logger, cluster, happened.Message);
                break;
            case TopologyEventKind.NodeIsolated:
                Log.NodeIsolated(logger, cluster, happened.Message);
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
