using ClusterClient.Routing;

namespace ClusterClient.Data;

/// <summary>
/// Where a <see cref="ClusterConnection"/> comes from: a data source and the intent of one of its views. Opaque; an adapter that
/// derives its own connection class passes it on to the base constructor. Immutable and thread-safe.
/// </summary>
public sealed class ConnectionOrigin
{
    internal ConnectionOrigin(
        ConnectionOpener opener, RouteScope scope, RouteIntent intent, string connectionString, ClusterProviderFactory factory, bool isHedged)
    {
        Opener = opener;
        Scope = scope;
        Intent = intent;
        ConnectionString = connectionString;
        Factory = factory;
        IsHedged = isHedged;
    }

    internal ConnectionOpener Opener { get; }

    internal RouteScope Scope { get; }

    internal RouteIntent Intent { get; }

    internal string ConnectionString { get; }

    internal ClusterProviderFactory Factory { get; }

    internal bool IsHedged { get; }
}
