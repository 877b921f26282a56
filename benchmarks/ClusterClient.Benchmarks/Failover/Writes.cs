namespace ClusterClient.Benchmarks.Failover;

/// <summary>A way to write to whichever server is primary.</summary>
internal abstract class Writes : IAsyncDisposable
{
    /// <summary>Writes on a connection that is opened for it.</summary>
    /// <returns>The port of the server that acknowledged.</returns>
    public abstract Task<int> WriteAsync(string sql);

    public abstract ValueTask DisposeAsync();
}
