using ClusterClient.Resilience;
using ClusterClient.Routing;

namespace ClusterClient.Data;

/// <summary>
/// Where a <see cref="ClusterConnection"/> comes from: a data source and the intent of one of its views. Opaque; an adapter that
/// derives its own connection class passes it on to the base constructor. Immutable and thread-safe.
/// </summary>
public sealed class ConnectionOrigin
{
    private readonly Func<ConnectionOrigin, ClusterConnection> _createConnection;
    private readonly ConnectionOrigin? _of;
    private readonly Func<CallerContext?>? _callers;
    private ClusterProviderFactory? _factory;

    internal ConnectionOrigin(
        ConnectionOpener opener,
        RouteScope scope,
        RouteIntent intent,
        string connectionString,
        Func<ConnectionOrigin, ClusterConnection> createConnection,
        bool isHedged,
        Func<CallerContext?>? callers = null)
    {
        Opener = opener;
        OwnScope = scope;
        _callers = callers;
        Intent = intent;
        ConnectionString = connectionString;
        _createConnection = createConnection;
        IsHedged = isHedged;
    }

    private ConnectionOrigin(ConnectionOrigin of, RouteIntent intent, Func<ConnectionOrigin, RoleConnections> roles)
        : this(of.Opener, of.OwnScope, intent, of.ConnectionString, of._createConnection, of.IsHedged, of._callers) =>
        (_of, Roles) = (of, roles(of));

    internal ConnectionOpener Opener { get; }

    /// <summary>
    /// For a connection of <see cref="RouteIntent.Auto"/>, and those that it is made of: all of them. Null for every other. Kept here, because every
    /// connection has an origin, and a field of its own would cost those that need none.
    /// </summary>
    internal RoleConnections? Roles { get; }

    /// <summary>What the view says, whoever calls.</summary>
    internal RouteScope OwnScope { get; }

    /// <summary>The same for whoever calls now.</summary>
    internal RouteScope Scope => _callers?.Invoke() is { } caller ? For(caller) : OwnScope;

    internal RouteIntent Intent { get; }

    internal string ConnectionString { get; }

    internal bool IsHedged { get; }

    /// <summary>Made when it is asked for first: views are made for single requests, and few ask for it. Always the same then.</summary>
    internal ClusterProviderFactory Factory => _of?.Factory ?? Volatile.Read(ref _factory)
        ?? Interlocked.CompareExchange(ref _factory, new(Opener.Driver.ProviderFactory, CreateConnection), null)
        ?? _factory;

    internal ConnectionOrigin With(RouteScope scope) => new(Opener, scope, Intent, ConnectionString, _createConnection, IsHedged, _callers);

    internal ConnectionOrigin With(RouteIntent intent) => new(Opener, OwnScope, intent, ConnectionString, _createConnection, IsHedged, _callers);

    internal ConnectionOrigin With(bool isHedged) => new(Opener, OwnScope, Intent, ConnectionString, _createConnection, isHedged, _callers);

    internal ConnectionOrigin With(Func<CallerContext?> callers) => new(Opener, OwnScope, Intent, ConnectionString, _createConnection, IsHedged, callers);

    private RouteScope For(CallerContext caller)
    {
        var (scope, geography) = (OwnScope, Opener.Selector.Geography);
        scope = caller.Region is { } region && geography.Knows(region) ? scope.For(region, zone: null, geography) : scope;
        var share = scope.Share;
        share = caller.Key is { Length: <= CallerContext.LongestKey } key && !string.IsNullOrWhiteSpace(key) ? share.For(key, share.Weight) : share;
        share = caller.Priority is { } priority and (CallPriority.Interactive or CallPriority.Batch) ? share with { Priority = priority } : share;
        return ReferenceEquals(share, scope.Share) ? scope : scope with { Share = share };
    }

    /// <summary>For this one connection.</summary>
    internal ConnectionOrigin For(ClusterConnection connection) => new(this, RouteIntent.Auto, of => new(connection, of));

    /// <summary>For one of those that it is made of.</summary>
    internal ConnectionOrigin ForRole(RouteIntent intent, RoleConnections roles) => new(this, intent, _ => roles);

    /// <summary>For transactions that are run as a whole.</summary>
    internal ConnectionOrigin ForTransactions() => Intent != RouteIntent.Auto ? this : new(Opener, OwnScope, RouteIntent.Write, ConnectionString, _createConnection, IsHedged, _callers);

    internal ClusterConnection CreateConnection() => _createConnection(this);
}
