using ClusterClient.Testing.Servers;

namespace ClusterClient.Testing;

/// <summary>
/// A real PostgreSQL replication group on this machine's loopback: one primary, any number of standbys streaming from it, each
/// behind a <see cref="FaultProxy"/>. Disposing it ends every server and removes every file; so does the end of this process,
/// however it comes about. Linux only.
/// </summary>
/// <remarks>There is a role <c>app</c> (a member of pg_monitor, no password) and a database <c>app</c> that it owns.</remarks>
/// <threadsafety>Safe to look at from any thread; dispose it once, when nothing else uses it.</threadsafety>
public sealed class LocalPostgres : IAsyncDisposable, IDisposable
{
    private const string SetRole = "set role app";

    private static readonly TimeSpan ReplicationLimit = TimeSpan.FromSeconds(10);

    private readonly GroupDirectory _directory;
    private readonly PostgresNode[] _nodes;
    private volatile PostgresNode _primary;
    private int _disposed;

    private LocalPostgres(
        GroupDirectory directory, LocalPostgresBuilder builder, PostgresInstallation installation, ServerAccount account)
    {
        _directory = directory;
        var rebuild = new StandbyRebuild(installation, account);
        _nodes = [.. builder.Nodes.Select(node => NewNode(node.Region, node.Name))];
        _primary = _nodes[0];

        PostgresNode NewNode(string region, string name)
        {
            var port = new LoopbackPort();
            var settings = ServerSettings.Text(name, port.Number, builder.Nodes.Count, builder.Settings);
            var data = new DataDirectory(Path.Combine(directory.Path, name), account);
            return new PostgresNode(
                this, region, name, new PostgresServer(data, settings, port, installation, account), rebuild);
        }
    }

    /// <summary>All nodes, in the order of their regions.</summary>
    public IReadOnlyList<PostgresNode> Nodes => _nodes;

    /// <summary>The node of that name.</summary>
    /// <param name="name">The region's name and a number from 1 on: <c>eu-1</c>.</param>
    /// <exception cref="KeyNotFoundException">There is none; the message lists those there are.</exception>
    public PostgresNode this[string name] => Array.Find(_nodes, node => node.Name == name)
        ?? throw new KeyNotFoundException($"No node '{name}'; there are {string.Join(", ", _nodes.Select(node => node.Name))}.");

    /// <summary>
    /// The node that was last started as, or promoted to, primary through this object. A promotion by SQL goes unnoticed, and a
    /// dead primary stays the primary until another is promoted.
    /// </summary>
    public PostgresNode Primary
    {
        get => _primary;
        internal set => _primary = value;
    }

    /// <summary>What every connection string for applications has in common: user and database, but no host.</summary>
    /// <value><c>Username=app;Database=app</c>; add <see cref="PostgresNode.Host"/> and <see cref="PostgresNode.Port"/>.</value>
    public string ConnectionString => "Username=app;Database=app";

    internal string DirectoryPath => _directory.Path;

    /// <summary>Starts a group; it takes a second or less, and one more the first time on a machine.</summary>
    /// <param name="configure">Says what to start.</param>
    /// <param name="ct">Gives up; what was started by then is removed.</param>
    /// <returns>The group: its primary accepts writes, every standby streams and accepts reads.</returns>
    /// <exception cref="PostgresNotFoundException">No PostgreSQL server on this machine.</exception>
    /// <exception cref="PlatformNotSupportedException">Not on Linux.</exception>
    /// <exception cref="InvalidOperationException">No region, or a server or tool failed; the message says which and
    /// how.</exception>
    /// <exception cref="PostgresErrorException">A script failed.</exception>
    /// <exception cref="TimeoutException">A server was not ready in 30 s; the message holds the end of its log.</exception>
    public static async Task<LocalPostgres> StartAsync(Action<LocalPostgresBuilder> configure, CancellationToken ct = default)
    {
        ArgumentNullException.ThrowIfNull(configure);
        if (!OperatingSystem.IsLinux())
            throw new PlatformNotSupportedException("Servers are started and stopped by means of Linux.");
        var builder = new LocalPostgresBuilder();
        configure(builder);
        if (builder.Nodes.Count == 0)
            throw new InvalidOperationException($"Nothing to start: add a region with {nameof(LocalPostgresBuilder.Region)}.");

        var installation = PostgresInstallation.Find();
        var account = await ServerAccount.ForAsync(installation, ct).ConfigureAwait(false);
        var template = new ServerTemplate(installation, account);
        var directory = await GroupDirectory.CreateAsync(account, ct).ConfigureAwait(false);
        var group = new LocalPostgres(directory, builder, installation, account);
        try
        {
            await group.FillAsync(builder, template, ct).ConfigureAwait(false);
            return group;
        }
        catch
        {
            await group.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>
    /// Waits until every running standby has replayed what the primary had written when this was called. Hung servers are
    /// left out.
    /// </summary>
    /// <param name="ct">Ends the wait.</param>
    /// <exception cref="TimeoutException">After 10 s; the message says who lags and by how many bytes.</exception>
    /// <exception cref="System.Net.Sockets.SocketException">The primary does not run.</exception>
    public Task WaitForReplicationAsync(CancellationToken ct = default) => WaitForReplicationAsync(ReplicationLimit, ct);

    internal async Task WaitForReplicationAsync(TimeSpan limit, CancellationToken ct)
    {
        var primary = Primary;
        var position = await primary.PositionAsync().ConfigureAwait(false);
        await Task.WhenAll(_nodes
            .Where(node => node != primary && node is { IsRunning: true, IsHung: false })
            .Select(node => node.WaitForReplayAsync(position, limit, ct))).ConfigureAwait(false);
    }

    /// <summary>Ends every server, hung ones too, and removes all files; returns when that is done.</summary>
    /// <exception cref="TimeoutException">It was not done after 15 s.</exception>
    public void Dispose()
    {
        if (Interlocked.Exchange(ref _disposed, 1) != 0)
            return;
        CloseProxies();
        _directory.Dispose();
        FreePorts();
    }

    /// <inheritdoc cref="Dispose"/>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _disposed, 1) != 0)
            return;
        CloseProxies();
        await _directory.CloseAsync().ConfigureAwait(false);
        FreePorts();
    }

    private async Task FillAsync(LocalPostgresBuilder builder, ServerTemplate template, CancellationToken ct)
    {
        var source = Path.Combine(_directory.Path, "template");
        if (builder.HasOwnIdentifier)
            await template.CreateAsync(source, ct).ConfigureAwait(false);
        else
            source = await template.GetKeptAsync(ct).ConfigureAwait(false);
        await Task.WhenAll(_nodes.Select(node => node.Server.Data.CopyFromAsync(source, ct))).ConfigureAwait(false);

        var primary = _nodes[0];
        await primary.Server.StartAsync(ct).ConfigureAwait(false);
        await Task.WhenAll(_nodes[1..].Select(node => node.StartAsStandbyAsync(primary, ct))).ConfigureAwait(false);
        if (builder.Scripts.Count > 0)
            await RunScriptsAsync(primary, builder.Scripts, ct).ConfigureAwait(false);
        if (builder.SynchronousStandbyNames is { } names)
            await primary.ConfigureAsync("synchronous_standby_names", names).ConfigureAwait(false);
    }

    private async Task RunScriptsAsync(PostgresNode primary, IEnumerable<string> scripts, CancellationToken ct)
    {
        var connection = await WireConnection.OpenAsync(primary.DirectPort, "app", ct).ConfigureAwait(false);
        await using (connection.ConfigureAwait(false))
        {
            foreach (var script in scripts)
            {
                await connection.QueryAsync(SetRole, ct).ConfigureAwait(false);
                await connection.QueryAsync(script, ct).ConfigureAwait(false);
            }
        }

        await WaitForReplicationAsync(ct).ConfigureAwait(false);
    }

    private void CloseProxies()
    {
        foreach (var node in _nodes)
            node.Proxy.Dispose();
    }

    private void FreePorts()
    {
        foreach (var node in _nodes)
            node.Server.Dispose();
    }
}
