using System.Collections.Immutable;
using ClusterClient.Topology;

namespace ClusterClient.Routing;

/// <summary>Makes a decision as a call would, and keeps what it saw of every node.</summary>
internal static class RouteAssessor
{
    /// <summary>A node each, in the order of the configuration.</summary>
    public static ImmutableArray<RouteAssessment> Assess(in RouteRequest request, ClusterTopology topology, NodeSelector selector)
    {
        var chosen = selector.Choose(request, topology);
        var view = selector.View(topology);
        var assessments = ImmutableArray.CreateBuilder<RouteAssessment>(topology.Nodes.Length);
        for (var i = 0; i < topology.Nodes.Length; i++)
        {
            ref readonly var slot = ref view.Slots[i];
            var state = selector.States[i];
            var load = state.Load(request.Now, slot.RoundTrip);
            assessments.Add(new()
            {
                Node = slot.Node,
                IsChosen = i == chosen,
                Circuit = state.Gate.Status,
                Reason = i == chosen ? RouteReason.For(state, request.Now) : RouteReason.Against(request, view, selector, chosen, i),
                InFlight = state.InFlight,
                Limit = state.Limit < int.MaxValue ? state.Limit : null,
                Queued = state.Waiting,
                RoundTrip = Time(slot.RoundTrip),
                ServiceTime = load.IsKnown ? Time(load.Service) : null,
                Cost = load.IsKnown ? Time(NodeCost.Tolled(load, slot)) : null,
            });
        }

        return assessments.MoveToImmutable();
    }

    // The toll on hundreds of requests in flight is longer than any time that can be told.
    private static TimeSpan Time(float microseconds) =>
        microseconds < (float)TimeSpan.MaxValue.TotalMicroseconds / 2 ? TimeSpan.FromMicroseconds(microseconds) : TimeSpan.MaxValue;
}
