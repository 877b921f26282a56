using ClusterClient.Diagnostics;
using ClusterClient.Routing;

namespace ClusterClient.Data;

// Why it came to the node that it came to, for those who watch.
internal partial struct OpenAttempt
{
    public readonly RouteIntent Intent => _request.Intent;

    /// <summary>Why it was given the node that it was given.</summary>
    public readonly DecisionReason ReasonFor(in Admission admission, bool isPrimary) =>
        from?.Only is not null ? DecisionReason.Hedge
        : admission.Trial != 0 ? DecisionReason.Trial
        : _failures > 0 || from?.Node is not null ? DecisionReason.Failed
        : _hasWaited ? DecisionReason.Waited
        : _isElsewhere ? DecisionReason.Busy
        : _request.Intent == RouteIntent.Write ? DecisionReason.Primary
        : isPrimary ? DecisionReason.LastResort
        : IsFarther(admission.Node) ? DecisionReason.Farther
        : DecisionReason.Replica;

    /// <summary>Every node, as this call would see it now.</summary>
    public readonly string Explain() => RouteExplanation.Describe(_request, scope, opener.Topology, opener.Selector, opener.Time);

    private readonly bool IsFarther(ClusterNode node) => !_request.Caller.IsNowhere
        && opener.Selector.View(opener.Topology).Slots[node.Index].Region != _request.Caller.Region;
}
