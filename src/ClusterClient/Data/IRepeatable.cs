namespace ClusterClient.Data;

/// <summary>A command or batch, as its retry sees it.</summary>
internal interface IRepeatable
{
    /// <summary>The connection that it runs on; null only where executing it will be refused for that.</summary>
    ClusterConnection? Connection { get; }

    /// <summary>Whether its author said that doing it twice is as good as once.</summary>
    bool IsIdempotent { get; }

    /// <summary>Whether an error response proves that nothing of it was applied.</summary>
    bool IsPlainStatement { get; }

    /// <summary>Whether it may write, as far as its text tells at a glance.</summary>
    bool MayWrite { get; }

    /// <summary>The driver's limit for it in seconds; 0 for none.</summary>
    int Timeout { get; }
}
