using ClusterClient.Testing;

namespace ClusterClient.History.Faults;

/// <summary>Brings a group back to where every standby follows the primary and has what it has, and waits until the library knows.</summary>
internal static class Recovery
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(20);

    /// <exception cref="TimeoutException">The group, or the library's view of it, is not well in time.</exception>
    public static async Task RestoreAsync(LocalPostgres group, ClusterDataSource source)
    {
        var primary = group.Primary;
        await primary.StartAsync();
        await Task.WhenAll(group.Nodes.Where(n => n != primary).Select(n => FollowAsync(n, primary)));
        await group.WaitForReplicationAsync();
        try
        {
            for (var topology = source.Topology; topology.Primary?.Endpoint.Name != primary.Name;)
            {
                topology = await topology.Next.WaitAsync(Limit);
            }
        }
        catch (TimeoutException)
        {
            throw new TimeoutException($"The library does not see that {primary.Name} is the primary:\n{source.Explain(Routing.RouteIntent.Write)}");
        }
    }

    private static async Task FollowAsync(PostgresNode standby, PostgresNode primary)
    {
        await standby.StartAsync();
        try
        {
            await standby.FollowAsync(primary);
        }
        catch (TimeoutException)
        {
            // It has what the primary has not.
            await standby.RejoinAsync(primary);
        }
    }
}
