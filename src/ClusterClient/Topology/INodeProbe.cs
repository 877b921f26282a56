namespace ClusterClient.Topology;

/// <summary>
/// The monitor's own connection to one node. Filled in by a driver; used by one loop at a time and replaced after a failure.
/// Disposing it returns promptly, whatever the server does.
/// </summary>
public interface INodeProbe : IAsyncDisposable
{
    /// <summary>Whether a connection stands. A first look also connects and is given more time.</summary>
    bool IsConnected { get; }

    /// <summary>
    /// Asks the node for its facts with one query, connecting first where necessary. There is no token: a driver does not hear one
    /// while its server hangs. Whoever has waited long enough disposes the probe, which ends the look too.
    /// </summary>
    Task<NodeFacts> LookAsync();

    /// <summary>
    /// Stays on the idle connection for <paramref name="duration"/>. Throws as soon as the server closes or breaks it, so that
    /// a killed server is noticed at once.
    /// </summary>
    /// <param name="duration">How long to stay; greater than zero.</param>
    /// <param name="cancellationToken">Ends the wait early; the connection stays usable for the next look.</param>
    Task WatchAsync(TimeSpan duration, CancellationToken cancellationToken);
}
