namespace ClusterClient.Topology;

/// <summary>Follows the chain of snapshots.</summary>
internal static class TopologyChanges
{
    /// <summary>Calls back for each pair of snapshots that follow one another, none left out, until stopped or no more come.</summary>
    public static async Task FollowAsync(
        this ClusterTopology from, Action<ClusterTopology, ClusterTopology> onChange, CancellationToken stop)
    {
        for (var before = from; ;)
        {
            ClusterTopology after;
            try
            {
                after = await before.Next.WaitAsync(stop).ConfigureAwait(false);
            }
            catch (OperationCanceledException)
            {
                return;
            }

            if (after == before)
            {
                return;
            }

            onChange(before, after);
            before = after;
        }
    }
}
