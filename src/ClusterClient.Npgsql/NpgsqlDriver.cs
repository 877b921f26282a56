using System.Globalization;
using System.Data.Common;
using ClusterClient.Drivers;
using ClusterClient.Resilience;
using ClusterClient.Topology;
using Npgsql;

namespace ClusterClient.Npgsql;

/// <summary>PostgreSQL through Npgsql: a data source per node, made from one base connection string and the node's endpoint.</summary>
internal sealed class NpgsqlDriver : ClusterDriver
{
    private readonly string _connectionString;
    private readonly Action<NpgsqlDataSourceBuilder>? _configure;
    private readonly NpgsqlConnectionStringBuilder _settings = [];
    private readonly string? _error;
    private readonly bool _canAbort = NpgsqlAbort.IsPossible();

    /// <param name="connectionString">The application's; null where it said that one is configured, and none is.</param>
    /// <param name="configure">What it changes on top of that.</param>
    public NpgsqlDriver(string? connectionString, Action<NpgsqlDataSourceBuilder>? configure)
    {
        _connectionString = connectionString ?? "";
        _configure = configure;
        try
        {
            // The application's settings as it will have left them, those that its delegate makes in code included.
            var builder = new NpgsqlDataSourceBuilder(connectionString);
            configure?.Invoke(builder);
            _settings = builder.ConnectionStringBuilder;
        }
        catch (ArgumentException e)
        {
            _error = $"Npgsql does not accept the connection string: {e.Message}";
        }

        if (connectionString is null)
        {
            _error = "There is no connection string; set ConnectionString in the cluster's section, or one of the cluster's name in ConnectionStrings, or give it to UseNpgsql.";
        }

        Commits = new NpgsqlCommits(_canAbort ? new() : null);
    }

    public override int DefaultPort => NpgsqlConnection.DefaultPort;

    public override DbProviderFactory ProviderFactory => NpgsqlFactory.Instance;

    public override string Database => _settings.Database ?? _settings.Username ?? "";

    public override string SystemName => "postgresql";

    public override DriverTelemetry Telemetry =>
        DriverTelemetry.ConnectSpans | DriverTelemetry.OperationDuration | DriverTelemetry.ConnectionCount;

    public override TimeSpan ConnectionTimeout => TimeSpan.FromSeconds(_settings.Timeout);

    public override IEnumerable<string> Validate()
    {
        if (_error is not null)
        {
            yield return _error;
            yield break;
        }

        if (!string.IsNullOrEmpty(_settings.Host))
        {
            yield return "The connection string names a Host; leave it out and call AddNode for each server.";
        }

        if (_settings.Multiplexing)
        {
            yield return "The connection string has Multiplexing on, which binds commands and not connections to servers; leave it out.";
        }
    }

    /// <summary>Whether connections may be ended; tests switch it off to be what a version of Npgsql is that lacks the way.</summary>
    internal bool MayAbort { get; init; } = true;

    public override NodeDriver CreateNode(NodeEndpoint endpoint) =>
        new NpgsqlNode(endpoint, _connectionString, _configure) { MayAbort = MayAbort && _canAbort };

    public override string DescribeConnection(IEnumerable<NodeEndpoint> endpoints)
    {
        var shown = new NpgsqlConnectionStringBuilder(_settings.ConnectionString)
        {
            Host = string.Join(',', endpoints.Select(e => $"{e.Host}:{e.Port}")),
        };
        if (!shown.PersistSecurityInfo)
        {
            shown.Password = null;
        }

        return shown.ConnectionString;
    }

    public override Exception TimedOut(TimeSpan limit, Exception cause) => new NpgsqlException(
        "Exception while reading from stream",
        new TimeoutException($"Timeout during reading attempt: the timeout of {limit.TotalSeconds:0.###} s ran out.", cause));

    public override string LimitStatements(TimeSpan limit) =>
        string.Create(CultureInfo.InvariantCulture, $"SET LOCAL statement_timeout = {Math.Max(1, Math.Ceiling(limit.TotalMilliseconds)):0}");

    // What a session is given is taken from it by the reset with which the driver begins its next use.
    public override string? NameSession(string name) =>
        _settings is { Pooling: true, NoResetOnClose: true } ? null : $"SET application_name = '{name.Replace("'", "''", StringComparison.Ordinal)}'";

    public override string ReadOnly => "SET TRANSACTION READ ONLY";

    public override CommitDialect Commits { get; }

    public override Fault Classify(Exception exception) => NpgsqlFaults.Classify(exception);
}
