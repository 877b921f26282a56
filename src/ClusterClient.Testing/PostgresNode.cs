using System.Globalization;
using System.Net;
using System.Net.Sockets;
using ClusterClient.Testing.Servers;

namespace ClusterClient.Testing;

/// <summary>One real server of a <see cref="LocalPostgres"/> group, and everything that can be done to it.</summary>
/// <threadsafety>
/// Members that only look, and <see cref="ExecuteAsync"/>, may be used at any time. Do one thing at a time to one node; different
/// nodes are independent.
/// </threadsafety>
public sealed class PostgresNode
{
    private const string SystemDatabase = "postgres";
    private const string SynchronousStandbyNames = "synchronous_standby_names";

    private static readonly TimeSpan StateLimit = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan StreamingLimit = TimeSpan.FromSeconds(30);

    private readonly LocalPostgres _group;
    private readonly PostgresServer _server;
    private readonly StandbyRebuild _rebuild;

    internal PostgresNode(LocalPostgres group, string region, string name, PostgresServer server, StandbyRebuild rebuild)
    {
        _group = group;
        _server = server;
        _rebuild = rebuild;
        Region = region;
        Name = name;
        Proxy = new FaultProxy(new IPEndPoint(IPAddress.Loopback, server.Port));
    }

    /// <summary>The region's name and a number from 1 on: <c>eu-1</c>. Also the server's <c>cluster_name</c>.</summary>
    public string Name { get; }

    /// <summary>The region given to <see cref="LocalPostgresBuilder.Region"/>.</summary>
    public string Region { get; }

    /// <summary>The address of both ports: 127.0.0.1.</summary>
    public string Host => IPAddress.Loopback.ToString();

    /// <summary>The port applications use, that of <see cref="Proxy"/>. It stays the same for the node's life.</summary>
    public int Port => Proxy.Port;

    /// <summary>The server's own port, past the proxy. Replication uses it, so faults of the proxy do not disturb
    /// replication.</summary>
    public int DirectPort => _server.Port;

    /// <summary><see cref="Host"/> and <see cref="Port"/> with a colon between them.</summary>
    public string Endpoint => $"{Host}:{Port}";

    /// <summary>The proxy in front of the server.</summary>
    public FaultProxy Proxy { get; }

    /// <summary>Whether the server's process exists. A hung one does.</summary>
    public bool IsRunning => _server.IsRunning;

    internal bool IsHung => _server.IsHung;

    internal PostgresServer Server => _server;

    /// <summary>
    /// Ends the server and all its backends with SIGKILL: no goodbye, no flush. Connections break, new ones are refused. Nothing
    /// happens when it does not run.
    /// </summary>
    /// <exception cref="TimeoutException">The processes are still there after 10 s.</exception>
    public Task KillAsync() => _server.KillAsync(CancellationToken.None);

    /// <summary>Shuts the server down and waits for its end. A hung server is resumed first.</summary>
    /// <param name="mode">How politely.</param>
    /// <exception cref="TimeoutException">It still runs after 30 s, as it does with <see cref="PostgresShutdown.Smart"/>
    /// while clients stay.</exception>
    public Task StopAsync(PostgresShutdown mode = PostgresShutdown.Fast) => _server.StopAsync(mode, CancellationToken.None);

    /// <summary>Stops the server and all its backends where they stand (SIGSTOP): connects succeed, nothing answers.</summary>
    public void Hang() => _server.Hang();

    /// <summary>Lets a hung server go on where it stood.</summary>
    public void Resume() => _server.Resume();

    /// <summary>
    /// Starts the server, in the role its data directory says, and waits until it takes connections. A node that starts as a
    /// primary is the group's <see cref="LocalPostgres.Primary"/> from then on, also beside another primary. Nothing happens
    /// when it runs already.
    /// </summary>
    /// <exception cref="InvalidOperationException">It ended at once; the message holds the end of its log.</exception>
    /// <exception cref="TimeoutException">It takes no connections after 30 s; the message holds the end of its log.</exception>
    public async Task StartAsync()
    {
        if (IsRunning)
            return;
        await _server.StartAsync(CancellationToken.None).ConfigureAwait(false);
        if (!_server.Data.IsStandby)
            _group.Primary = this;
    }

    /// <summary>A <see cref="PostgresShutdown.Fast"/> shutdown, if it runs, and a start.</summary>
    /// <exception cref="TimeoutException">One of the two took longer than 30 s.</exception>
    public async Task RestartAsync()
    {
        await StopAsync().ConfigureAwait(false);
        await StartAsync().ConfigureAwait(false);
    }

    /// <summary>Makes this standby a primary and returns as soon as it is one. The others go on following whom they
    /// followed.</summary>
    /// <param name="ct">Ends the wait; the promotion goes on.</param>
    /// <exception cref="PostgresErrorException">It is no standby.</exception>
    /// <exception cref="TimeoutException">It is still in recovery after 30 s.</exception>
    public async Task PromoteAsync(CancellationToken ct = default)
    {
        var connection = await WireConnection.OpenAsync(DirectPort, SystemDatabase, ct).ConfigureAwait(false);
        await using (connection.ConfigureAwait(false))
        {
            await connection.QueryAsync(NodeSql.Promote, ct).ConfigureAwait(false);
            await Poll.UntilAsync(
                async bounded => await connection.ScalarAsync(NodeSql.IsInRecovery, bounded).ConfigureAwait(false) != NodeSql.True,
                StreamingLimit, () => $"{Name} is still in recovery." + _server.LogTail(), ct).ConfigureAwait(false);
        }

        _group.Primary = this;
    }

    /// <summary>
    /// Points this standby at another server, by a reload: no restart, its connections stay. Waits until it streams from there,
    /// if both run.
    /// </summary>
    /// <param name="upstream">The new primary, or a standby to cascade from.</param>
    /// <exception cref="TimeoutException">
    /// It does not stream after 30 s, for one because it has more than the new primary had: that takes <see cref="RejoinAsync"/>.
    /// </exception>
    public async Task FollowAsync(PostgresNode upstream)
    {
        ArgumentNullException.ThrowIfNull(upstream);
        SetUpstream(upstream);
        if (!IsRunning || IsHung)
            return;
        _server.Reload();
        if (upstream is { IsRunning: true, IsHung: false })
            await WaitUntilStreamingAsync(upstream, CancellationToken.None).ConfigureAwait(false);
    }

    /// <summary>
    /// Brings this node back as a standby of <paramref name="primary"/>, whatever state it is in: kills it if it runs or hangs,
    /// undoes with pg_rewind what it wrote alone (a fresh pg_basebackup when that is not possible), starts it and waits until
    /// it streams.
    /// </summary>
    /// <param name="primary">A running primary.</param>
    /// <exception cref="InvalidOperationException">Both ways failed; the message holds what the programs said.</exception>
    /// <exception cref="TimeoutException">It does not start or does not stream after 30 s.</exception>
    public async Task RejoinAsync(PostgresNode primary)
    {
        ArgumentNullException.ThrowIfNull(primary);
        await KillAsync().ConfigureAwait(false);

        // pg_rewind reads the primary's timeline from its control file, which only a checkpoint brings up to date.
        await primary.ExecuteAsync(NodeSql.Checkpoint, SystemDatabase).ConfigureAwait(false);
        _server.Note(await _rebuild.RunAsync(_server.Data, primary.DirectPort, CancellationToken.None).ConfigureAwait(false));
        SetUpstream(primary);
        await StartAsync().ConfigureAwait(false);
        await WaitUntilStreamingAsync(primary, CancellationToken.None).ConfigureAwait(false);
    }

    /// <summary>Lets this standby receive but not replay, so that its data stay as they are. Returns once replay stands
    /// still.</summary>
    /// <exception cref="PostgresErrorException">It is no standby.</exception>
    public async Task PauseReplayAsync()
    {
        await ExecuteAsync(NodeSql.PauseReplay, SystemDatabase).ConfigureAwait(false);
        await WaitForAsync(NodeSql.ReplayIsPaused, "does not pause its replay", CancellationToken.None).ConfigureAwait(false);
    }

    /// <summary>Ends <see cref="PauseReplayAsync"/>.</summary>
    /// <exception cref="PostgresErrorException">It is no standby.</exception>
    public Task ResumeReplayAsync() => ExecuteAsync(NodeSql.ResumeReplay, SystemDatabase);

    /// <summary>
    /// Runs a statement, or several, as a superuser, on a connection of its own straight to the server: faults of the proxy do
    /// not reach it. What it creates belongs to the superuser, not to the role app.
    /// </summary>
    /// <param name="sql">One or more statements; several are one transaction unless they say otherwise.</param>
    /// <param name="database">The database.</param>
    /// <param name="ct">Ends the wait; the server may finish the statement all the same.</param>
    /// <returns>The first column of the first row as text; null when it is NULL or there is no row.</returns>
    /// <exception cref="PostgresErrorException">The server answered with an error.</exception>
    /// <exception cref="SocketException">The server does not run.</exception>
    /// <exception cref="TimeoutException">It hangs: no connection in 10 s. A statement may take as long as it likes.</exception>
    public async Task<string?> ExecuteAsync(string sql, string database = "app", CancellationToken ct = default)
    {
        var connection = await WireConnection.OpenAsync(DirectPort, database, ct).ConfigureAwait(false);
        await using (connection.ConfigureAwait(false))
            return await connection.ScalarAsync(sql, ct).ConfigureAwait(false);
    }

    /// <summary>
    /// Sets a server setting, as ALTER SYSTEM does, and reloads; returns once the server has read it. Works on primaries and
    /// standbys, and on servers that do not run. A setting that needs a restart takes effect at the next.
    /// </summary>
    /// <param name="setting">The name, such as <c>synchronous_standby_names</c>.</param>
    /// <param name="value">The value, without quotes around it.</param>
    /// <exception cref="TimeoutException">The server has not read it after 10 s.</exception>
    public async Task ConfigureAsync(string setting, string value)
    {
        LocalPostgresBuilder.ThrowUnlessSetting(setting);
        ArgumentNullException.ThrowIfNull(value);
        if (!IsRunning || IsHung)
        {
            _server.Data.Override(setting, value);
            return;
        }

        // A new backend has what the postmaster had when it made it: a later load time means the postmaster has read the file.
        var before = await ExecuteAsync(NodeSql.LoadTime, SystemDatabase).ConfigureAwait(false);
        _server.Data.Override(setting, value);
        _server.Reload();
        await Poll.UntilAsync(
            async ct => await ExecuteAsync(NodeSql.LoadTime, SystemDatabase, ct).ConfigureAwait(false) != before,
            StateLimit, () => $"{Name} did not reload its settings." + _server.LogTail(), CancellationToken.None)
            .ConfigureAwait(false);

        // Whether commits wait at all is decided by the checkpointer, which looks at its settings before each checkpoint.
        if (setting.Equals(SynchronousStandbyNames, StringComparison.OrdinalIgnoreCase) && !_server.Data.IsStandby)
            await ExecuteAsync(NodeSql.Checkpoint, SystemDatabase).ConfigureAwait(false);
    }

    /// <summary>
    /// How far this node is in the write-ahead log, in bytes from its beginning: what a primary has written; what a standby has
    /// received or replayed, whichever is more. The standby with the highest loses least when promoted.
    /// </summary>
    /// <returns>The position as a number; the textual 1/20 is 2^32 + 32.</returns>
    public async Task<long> PositionAsync() => Number(await ExecuteAsync(NodeSql.Position, SystemDatabase).ConfigureAwait(false));

    /// <summary>Name, endpoint and whether it runs.</summary>
    /// <returns>Text for people.</returns>
    public override string ToString() => $"{Name} {Endpoint}{(IsRunning ? "" : " (not running)")}";

    internal void SetUpstream(PostgresNode upstream) => _server.Data.Override(
        "primary_conninfo",
        $"host={upstream.Host} port={upstream.DirectPort} user=postgres application_name={Name} connect_timeout=2");

    internal async Task StartAsStandbyAsync(PostgresNode upstream, CancellationToken ct)
    {
        SetUpstream(upstream);
        await _server.Data.MarkStandbyAsync(ct).ConfigureAwait(false);
        await _server.StartAsync(ct).ConfigureAwait(false);
        await WaitUntilStreamingAsync(upstream, ct).ConfigureAwait(false);
    }

    /// <summary>Waits until this standby has replayed up to a position.</summary>
    internal async Task WaitForReplayAsync(long position, TimeSpan limit, CancellationToken ct)
    {
        var replayed = 0L;
        var connection = await WireConnection.OpenAsync(DirectPort, SystemDatabase, ct).ConfigureAwait(false);
        await using (connection.ConfigureAwait(false))
        {
            if (await connection.ScalarAsync(NodeSql.IsInRecovery, ct).ConfigureAwait(false) != NodeSql.True)
                return;
            await Poll.UntilAsync(
                async bounded => (replayed = Number(
                    await connection.ScalarAsync(NodeSql.Replayed, bounded).ConfigureAwait(false))) >= position,
                limit, () => $"{Name} lags by {position - replayed} bytes." + _server.LogTail(), ct).ConfigureAwait(false);
        }
    }

    private async Task WaitUntilStreamingAsync(PostgresNode upstream, CancellationToken ct)
    {
        await WaitForAsync(NodeSql.ReceivesFrom(upstream.DirectPort), $"does not stream from {upstream.Name}", ct)
            .ConfigureAwait(false);
        await upstream.WaitForAsync(NodeSql.SendsTo(Name), $"does not stream to {Name}", ct).ConfigureAwait(false);
    }

    private async Task WaitForAsync(string question, string complaint, CancellationToken ct)
    {
        var connection = await WireConnection.OpenAsync(DirectPort, SystemDatabase, ct).ConfigureAwait(false);
        await using (connection.ConfigureAwait(false))
        {
            await Poll.UntilAsync(
                async bounded => await connection.ScalarAsync(question, bounded).ConfigureAwait(false) == NodeSql.True,
                StreamingLimit, () => $"{Name} {complaint}." + _server.LogTail(), ct).ConfigureAwait(false);
        }
    }

    private static long Number(string? text) => text is null ? 0 : long.Parse(text, CultureInfo.InvariantCulture);
}
