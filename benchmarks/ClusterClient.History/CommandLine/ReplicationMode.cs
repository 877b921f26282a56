namespace ClusterClient.History.CommandLine;

/// <summary>Whether a commit waits for a standby.</summary>
internal enum ReplicationMode
{
    /// <summary>It waits for one, on every node, so that a promoted one waits too: no acknowledged write may ever be lost.</summary>
    Sync,

    /// <summary>It waits for none: a promotion may lose acknowledged writes, and the library has to name them.</summary>
    Async,
}
