namespace ClusterClient.Data;

/// <summary>The node that a call may go to now.</summary>
/// <param name="Node">The node.</param>
/// <param name="Trial">The trial of the node's circuit that the call is; 0 when it is none.</param>
internal readonly record struct Admission(ClusterNode Node, int Trial)
{
    /// <summary>The call does not go there after all: another may be the trial.</summary>
    public void GiveUp()
    {
        if (Trial != 0)
        {
            Node.State.Circuit?.EndTrial(Trial, verdict: null);
        }
    }
}
