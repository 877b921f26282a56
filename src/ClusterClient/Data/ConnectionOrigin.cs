using ClusterClient.Routing;

namespace ClusterClient.Data;

/// <summary>
/// Where a <see cref="ClusterConnection"/> comes from: a data source and the intent of one of its views. Opaque; an adapter that
/// derives its own connection class passes it on to the base constructor. Immutable and thread-safe.
/// </summary>
public sealed class ConnectionOrigin
{
    private readonly Func<ConnectionOrigin, ClusterConnection> _createConnection;
    private ClusterProviderFactory? _factory;

    internal ConnectionOrigin(
        ConnectionOpener opener,
        RouteScope scope,
        RouteIntent intent,
        string connectionString,
        Func<ConnectionOrigin, ClusterConnection> createConnection,
        bool isHedged)
    {
        Opener = opener;
        Scope = scope;
        Intent = intent;
        ConnectionString = connectionString;
        _createConnection = createConnection;
        IsHedged = isHedged;
    }

    internal ConnectionOpener Opener { get; }

    internal RouteScope Scope { get; }

    internal RouteIntent Intent { get; }

    internal string ConnectionString { get; }

    internal bool IsHedged { get; }

    /// <summary>Made when it is asked for first: views are made for single requests, and few ask for it. Always the same then.</summary>
    internal ClusterProviderFactory Factory => Volatile.Read(ref _factory)
        ?? Interlocked.CompareExchange(ref _factory, new(Opener.Driver.ProviderFactory, CreateConnection), null)
        ?? _factory;

    internal ConnectionOrigin With(RouteScope scope) => new(Opener, scope, Intent, ConnectionString, _createConnection, IsHedged);

    internal ConnectionOrigin With(RouteIntent intent) => new(Opener, Scope, intent, ConnectionString, _createConnection, IsHedged);

    internal ConnectionOrigin With(bool isHedged) => new(Opener, Scope, Intent, ConnectionString, _createConnection, isHedged);

    internal ClusterConnection CreateConnection() => _createConnection(this);
}
