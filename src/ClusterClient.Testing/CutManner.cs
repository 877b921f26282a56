namespace ClusterClient.Testing;

/// <summary>What client and server see of a cut by <see cref="FaultProxy.CutAt"/>.</summary>
public enum CutManner
{
    /// <summary>Both are told at once, by a reset.</summary>
    Reset,

    /// <summary>Neither is told: what either sends is lost, its end too, and the server's session stays as it is, within its
    /// transaction and with its locks, until <see cref="FaultProxy.Heal"/>, <see cref="FaultProxy.Reset"/> or the end of the
    /// proxy.</summary>
    Drop,
}
