namespace ClusterClient;

// Types that are made while this data source is in use.
public sealed partial class ClusterDataSource
{
    /// <summary>
    /// Has connections to every node know the database's types as they are now: to be called after a statement that makes one, such as
    /// <c>CREATE TYPE</c> or <c>CREATE EXTENSION</c>, because drivers ask each server for its types but once. Connections that are open go on
    /// with what they know until they are closed.
    /// </summary>
    /// <returns>
    /// Done when the primary's are known, and those of all replicas that have replayed the change; one that is more than 5 s late, or away,
    /// follows by itself when it has.
    /// </returns>
    /// <exception cref="Routing.ClusterUnavailableException">There was no primary within the failover timeout.</exception>
    /// <exception cref="ObjectDisposedException">The data source was disposed.</exception>
    public async Task ReloadTypesAsync(CancellationToken cancellationToken = default)
    {
        await WaitUntilReadyAsync(cancellationToken).ConfigureAwait(false);
        await _opener.Schema.ReloadTypesAsync(cancellationToken).ConfigureAwait(false);
    }
}
