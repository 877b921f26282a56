using ClusterClient.Diagnostics;
using ClusterClient.Topology;

namespace ClusterClient.Data;

/// <summary>Counts what happened in the cluster, when it happens: who tells it to the application may be kept waiting.</summary>
/// <remarks>Thread-safe, but for losing and finding primaries, of which one loop tells.</remarks>
internal sealed class EventCounter(ClusterMeter meter, TimeProvider time)
{
    private NodeDescription? _last;
    private long _lostAt;

    public void Count(TopologyEvent happened)
    {
        var node = happened.Node?.Index ?? -1;
        switch (happened.Kind)
        {
            case TopologyEventKind.PrimaryLost:
                _lostAt = time.GetTimestamp();
                break;
            case TopologyEventKind.PrimaryFound:
                Found(happened.Node!);
                break;
            case TopologyEventKind.NodeFenced:
                meter.Fenced(node);
                break;
            case TopologyEventKind.NodeEjected:
                meter.Ejected(node);
                break;
            case TopologyEventKind.CircuitOpened:
                meter.CircuitChanged(node, "open");
                break;
            case TopologyEventKind.CircuitHalfOpened:
                meter.CircuitChanged(node, "half_open");
                break;
            case TopologyEventKind.CircuitClosed:
                meter.CircuitChanged(node, "closed");
                break;
            case TopologyEventKind.NodeIsolated:
                meter.CircuitChanged(node, "isolated");
                break;
            default:
                break;
        }
    }

    // The first one that is ever known is no failover. Where one primary follows another in one snapshot there was no time without.
    private void Found(NodeDescription found)
    {
        if (_last is { } last)
        {
            var isSame = last.Index == found.Index && last.Epoch == found.Epoch;
            meter.FailedOver(found.Index, isSame ? "recovered" : "promoted", _lostAt == 0 ? TimeSpan.Zero : time.GetElapsedTime(_lostAt));
        }

        (_last, _lostAt) = (found, 0);
    }
}
