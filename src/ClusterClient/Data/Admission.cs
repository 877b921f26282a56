namespace ClusterClient.Data;

/// <summary>The node that a call may go to now.</summary>
/// <param name="Node">The node.</param>
/// <param name="Trial">The trial of the node's circuit that the call is; 0 when it is none.</param>
internal readonly record struct Admission(ClusterNode Node, int Trial)
{
    /// <summary>Begins to open a connection, unless the node is at its limit. A trial does not stand in line: others wait for what comes of it.</summary>
    public bool TryBeginOpen(long now)
    {
        if (Trial == 0)
        {
            return Node.State.TryBeginOpen(now);
        }

        Node.State.BeginOpen(now);
        return true;
    }

    /// <summary>The call does not go there after all: another may be the trial.</summary>
    public void GiveUp()
    {
        if (Trial != 0)
        {
            Node.State.Circuit?.EndTrial(Trial, verdict: null);
        }
    }
}
