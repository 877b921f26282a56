using System.Data.Common;
using ClusterClient.Topology;

namespace ClusterClient.Drivers;

/// <summary>The driver's side of one node: its pool, and the monitor's way to it.</summary>
/// <remarks>Thread-safe. Disposed with the data source.</remarks>
public abstract class NodeDriver : IAsyncDisposable
{
    /// <summary>The driver's own data source for this node: its connections, with its pool.</summary>
    public abstract DbDataSource DataSource { get; }

    /// <summary>How many connections the pool may hold; 0 when there is none, null when the driver does not tell.</summary>
    public virtual int? PoolLimit => null;

    /// <summary>
    /// Whether an open that began now would make a physical connection: nothing idle in the pool, and room for one more. Null when the
    /// driver does not tell. It may be otherwise by the time that one begins.
    /// </summary>
    public virtual bool? WillConnect => null;

    /// <summary>
    /// Whether an open that began now would find an idle connection, and so wait neither for the network nor for another caller. Null
    /// when the driver does not tell.
    /// </summary>
    public virtual bool? HasIdle => null;

    /// <summary>A new probe, not connected yet.</summary>
    public abstract INodeProbe CreateProbe();

    /// <summary>Drops every pooled connection: idle ones now, those in use when they are returned.</summary>
    public abstract void ClearPool();

    /// <summary>
    /// Asks the server for its types again, where the driver keeps a list of them: for connections that are opened from now on. Does nothing
    /// where there is no such list.
    /// </summary>
    public virtual Task ReloadTypesAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>
    /// Whether <see cref="TryAbort"/> can do what it is for, found out once when the node is made. If not, an asynchronous call on a
    /// hung server is abandoned in its place, and a synchronous one lasts until the driver's own timeouts.
    /// </summary>
    public virtual bool CanAbort => true;

    /// <summary>
    /// Ends the connection under whoever uses it, at once and without a word to the server, so that a call that waits for a hung
    /// server returns with an error. False when the driver gives no way to do so.
    /// </summary>
    /// <param name="connection">An open connection of <see cref="DataSource"/>'s.</param>
    public abstract bool TryAbort(DbConnection connection);

    /// <summary>
    /// A connection of <see cref="DataSource"/>'s was opened and is about to be used. Where a server may end its wait for replicas and call a
    /// commit done all the same, an adapter listens for that here, and tells it by <see cref="CommittedAlone"/>.
    /// </summary>
    public virtual void Opened(DbConnection connection)
    {
    }

    /// <summary>For adapters: the server has committed what ran last on this connection, without its replicas' word. Any thread.</summary>
    protected void CommittedAlone(DbConnection connection) => Unconfirmed.Add(connection);

    internal UnconfirmedCommits Unconfirmed { get; } = new();

    /// <inheritdoc/>
    public abstract ValueTask DisposeAsync();
}
