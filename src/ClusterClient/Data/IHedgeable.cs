namespace ClusterClient.Data;

/// <summary>A command or batch, as its hedging sees it.</summary>
/// <typeparam name="TSelf"><see cref="ClusterCommand"/> or <see cref="ClusterBatch"/>.</typeparam>
internal interface IHedgeable<TSelf> : IRepeatable
    where TSelf : class, IHedgeable<TSelf>
{
    /// <summary>Whether it is to be hedged, if it can be.</summary>
    bool WantsHedge { get; }

    /// <summary>Whether two copies of it that run at the same time are as good as itself.</summary>
    bool CanBeCopied { get; }

    /// <summary>The same on another connection, or on the same.</summary>
    TSelf CopyOn(ClusterConnection connection);
}
