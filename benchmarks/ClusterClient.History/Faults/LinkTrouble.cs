namespace ClusterClient.History.Faults;

/// <summary>What goes wrong between the clients and a server.</summary>
internal enum LinkTrouble
{
    Drop,
    HalfOpen,
    Reset,
}
