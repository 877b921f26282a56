using System.Data.Common;
using ClusterClient.Drivers;
using ClusterClient.Topology;
using Npgsql;

namespace ClusterClient.Npgsql;

/// <summary>One node's Npgsql data sources: the application's with its pool, and the monitor's without one.</summary>
internal sealed class NpgsqlNode : NodeDriver
{
    /// <summary>Limit of a physical connection of the monitor's, which retries anyway; the application's own may be much longer.</summary>
    private const int ProbeTimeoutSeconds = 5;

    private readonly NpgsqlDataSource _source;
    private readonly NpgsqlDataSource _probes;
    private readonly NpgsqlPool? _pool;
    private readonly NoticeEventHandler _onNotice;

    public NpgsqlNode(NodeEndpoint endpoint, string connectionString, Action<NpgsqlDataSourceBuilder>? configure)
    {
        _onNotice = OnNotice;
        _source = Build(endpoint, connectionString, configure, static _ => { });
        var settings = new NpgsqlConnectionStringBuilder(_source.ConnectionString);
        PoolLimit = settings.Pooling ? settings.MaxPoolSize : 0;
        _pool = settings.Pooling ? NpgsqlPool.Of(_source, settings.MaxPoolSize) : null;
        _probes = Build(endpoint, connectionString, configure, static builder =>
        {
            // Looks belong to no trace of the application's: each would be one of its own.
            builder.ConfigureTracing(static o => o
                .ConfigureCommandFilter(static _ => false).ConfigureBatchFilter(static _ => false).EnablePhysicalOpenTracing(false));
            var s = builder.ConnectionStringBuilder;
            // One connection that the monitor holds; what it sets is what a probe needs, whatever the application set.
            s.Pooling = false;
            s.Enlist = false;
            s.Timeout = Math.Min(s.Timeout == 0 ? ProbeTimeoutSeconds : s.Timeout, ProbeTimeoutSeconds);
            s.CommandTimeout = 0;
            s.KeepAlive = 0;
            s.ApplicationName = string.IsNullOrEmpty(s.ApplicationName) ? "ClusterClient monitor" : s.ApplicationName + " (monitor)";
        });
    }

    public override DbDataSource DataSource => _source;

    public override int? PoolLimit { get; }

    public override bool? WillConnect => PoolLimit == 0 ? true : _pool?.WillConnect;

    public override bool? HasIdle => PoolLimit == 0 ? false : _pool?.HasIdle;

    public override INodeProbe CreateProbe() => new NpgsqlProbe(_probes);

    public override void ClearPool() => _source.Clear();

    public override Task ReloadTypesAsync(CancellationToken cancellationToken) => _source.ReloadTypesAsync(cancellationToken);

    public override bool CanAbort => MayAbort;

    /// <summary>Whether the way that <see cref="NpgsqlAbort"/> goes is there.</summary>
    internal bool MayAbort { get; init; } = true;

    public override bool TryAbort(DbConnection connection) => CanAbort && connection is NpgsqlConnection native && NpgsqlAbort.TryAbort(native);

    public override void Opened(DbConnection connection) => ((NpgsqlConnection)connection).Notice += _onNotice;

    public override async ValueTask DisposeAsync()
    {
        await _source.DisposeAsync().ConfigureAwait(false);
        await _probes.DisposeAsync().ConfigureAwait(false);
    }

    // "Canceling wait for synchronous replication": a cancellation, a timeout or an operator ended the wait, and Npgsql reports success. The text
    // comes in the server's language; where in the server it comes from does not.
    private void OnNotice(object sender, NpgsqlNoticeEventArgs e)
    {
        if (e.Notice.Routine == "SyncRepWaitForLSN")
        {
            CommittedAlone((DbConnection)sender);
        }
    }

    // An idle connection whose peer vanished is found out by the kernel within 10 s and its count of tries (9 on Linux) times 5 s.
    // For those in use the monitor is quicker; this is for those that nobody watches, and keeps the state of firewalls between alive.
    private static void KeepAlive(NpgsqlConnectionStringBuilder settings)
    {
        string[] own = ["TCP Keepalive", "TCP Keepalive Time", "TCP Keepalive Interval"];
        var isLocal = settings.Host is ['@', ..] || Path.IsPathRooted(settings.Host);
        if (!isLocal && !own.Any(settings.ShouldSerialize))
        {
            (settings.TcpKeepAlive, settings.TcpKeepAliveTime, settings.TcpKeepAliveInterval) = (true, 10, 5);
        }
    }

    private static NpgsqlDataSource Build(
        NodeEndpoint endpoint,
        string connectionString,
        Action<NpgsqlDataSourceBuilder>? configure,
        Action<NpgsqlDataSourceBuilder> adjust)
    {
        var builder = new NpgsqlDataSourceBuilder(connectionString);
        configure?.Invoke(builder);
        builder.ConnectionStringBuilder.Host = endpoint.Host;
        builder.ConnectionStringBuilder.Port = endpoint.Port;
        KeepAlive(builder.ConnectionStringBuilder);
        adjust(builder);
        return builder.Build();
    }
}
