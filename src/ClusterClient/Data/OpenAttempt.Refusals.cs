using System.Collections.Immutable;
using ClusterClient.Resilience;
using ClusterClient.Routing;
using ClusterClient.Topology;

namespace ClusterClient.Data;

// What ends the call without a connection, and what it is told then.
internal partial struct OpenAttempt
{
    private readonly void Tell(Exception exception, Fault fault, int attempts, ClusterNode? node = null) => new CallFault
    {
        Cluster = opener.Cluster, Node = (node ?? _lastTried)?.Endpoint.Name, Intent = _request.Intent, Attempts = attempts, Fault = fault,
    }.AttachTo(exception);

    /// <summary>Who is to go to this one node at once, or not at all, does not wait for a turn or for it to be what it was.</summary>
    public readonly void ThrowIfOnly(ClusterNode node)
    {
        if (from?.Only is not null)
        {
            throw new NodeLeftException(node.Endpoint.Name);
        }
    }

    public readonly void ThrowIfLeft(ClusterNode node) => ThrowIfLeft(node, opener.Topology);

    public readonly void ThrowIfLeft(ClusterNode node, ClusterTopology topology)
    {
        if (!Router.StillFits(_request, topology.Nodes[node.Index]))
        {
            throw new NodeLeftException(node.Endpoint.Name);
        }
    }

    /// <summary>Refuses what waiting cannot mend.</summary>
    public void ThrowIfHopeless()
    {
        ThrowIfLoginRefused(Topology);
        if (IsDeniedEverywhere)
        {
            throw Refuse("the region rule allows no node that could serve it, and waiting changes no region");
        }

        if (_request.Intent == RouteIntent.Write && Topology.IsContested)
        {
            throw Refuse("several nodes accept writes in the same epoch; demote or stop all but one");
        }
    }

    public void ThrowIfLoginRefused(ClusterTopology topology)
    {
        if (topology.LoginRefusal is { } refusal)
        {
            (Topology, _lastFault) = (topology, refusal);
            throw Refuse("every node refuses the login; correct user name, password or database");
        }
    }

    /// <summary>Refuses what would wait in too long a line.</summary>
    public readonly void ThrowIfTooMany(int waiting)
    {
        if (waiting > opener.Limits.MaxWaitingCalls)
        {
            throw Refuse($"{opener.Limits.MaxWaitingCalls} calls wait for a node already (MaxWaitingCalls)");
        }
    }

    public readonly ClusterUnavailableException Refuse(string? reason = null)
    {
        var cause = _lastFault ?? (reason is null ? WhatTheMonitorMet() : null);
        reason ??= $"none could be had within {Deadline.Limit.TotalSeconds:0.###} s{LimitName}";
        var wanted = _request.Intent == RouteIntent.Write ? "the primary" : "a node to read from";
        var explanation = RouteExplanation.Describe(_request, scope, Topology, opener.Selector, opener.Time);
        var denied = DeniedNodes();
        if (denied.Length > 0)
        {
            opener.Audit.Tell(new(opener.Cluster, _request.Intent, denied, explanation));
        }

        opener.Meter?.Refused(ClusterSpans.Word(_request.Intent), denied.Length > 0 ? "region" : "unavailable");
        var refusal = new ClusterUnavailableException(
            $"{opener.Cluster}: no connection to {wanted}: {reason}.", explanation, _request.Intent, denied.Length > 0, cause);
        var isRefusedLogin = cause is not null && opener.Classify(cause).Kind == FaultKind.Rejected;
        Tell(refusal, isRefusedLogin ? new(FaultKind.Rejected, NotApplied: true) : opener.Classify(refusal), _failures);
        return refusal;
    }

    // What the monitor met where a call of ours did not even try: at the last primary, if it is one that is wanted.
    private readonly Exception? WhatTheMonitorMet()
    {
        Exception? met = null;
        foreach (var node in Topology.Nodes)
        {
            if (node.Fault is { } fault && (met is null || (node.WasWritable && _request.Intent == RouteIntent.Write)))
            {
                met = fault;
            }
        }

        return met;
    }

    private readonly string LimitName =>
        from is not null ? ", what was left of its time" : Deadline.Limit == opener.Limits.CallTimeout ? " (CallTimeout)" : " (FailoverTimeout)";

    // For a write the primary that is known; for a read every node that there is.
    private readonly bool IsDeniedEverywhere
    {
        get
        {
            var view = opener.Selector.View(Topology);
            if (_request.Intent == RouteIntent.Write)
            {
                return view.Primary >= 0 && _request.Denies(view.Slots[view.Primary]);
            }

            foreach (ref readonly var slot in view.Slots)
            {
                if (!_request.Denies(slot))
                {
                    return false;
                }
            }

            return true;
        }
    }

    // The nodes that would have been worth asking, had the rule not been.
    private readonly ImmutableArray<NodeDescription> DeniedNodes()
    {
        var denied = ImmutableArray.CreateBuilder<NodeDescription>();
        var anywhere = _request with { Denied = 0 };
        foreach (ref readonly var slot in opener.Selector.View(Topology).Slots)
        {
            if (_request.Denies(slot)
                && RouteFilter.Judge(anywhere, slot, opener.Selector.States[slot.Node.Index]) <= RouteVerdict.DoubtedPrimary)
            {
                denied.Add(slot.Node);
            }
        }

        return denied.ToImmutable();
    }
}
