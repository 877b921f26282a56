using ClusterClient.Routing;

namespace ClusterClient.Data;

/// <summary>A command or batch, as its retry sees it.</summary>
internal interface IRepeatable
{
    /// <summary>The connection that it runs on; null only where executing it will be refused for that.</summary>
    ClusterConnection? Connection { get; }

    /// <summary>What its author wants of a connection of <see cref="RouteIntent.Auto"/>; null for what that does by itself.</summary>
    RouteIntent? Intent { get; }

    /// <summary>Whether its author said that it writes nothing.</summary>
    bool IsReadOnly { get; }

    /// <summary>Whether its author said that doing it twice is as good as once.</summary>
    bool IsIdempotent { get; }

    /// <summary>Whether an error response proves that nothing of it was applied.</summary>
    bool IsPlainStatement { get; }

    /// <summary>Whether it may write, as far as its text tells at a glance.</summary>
    bool MayWrite { get; }

    /// <summary>The driver's limit for it in seconds; 0 for none.</summary>
    int Timeout { get; }

    /// <summary>Binds it to one of the connections that the application's is made of, which is open.</summary>
    void RunOn(ClusterConnection connection);
}
