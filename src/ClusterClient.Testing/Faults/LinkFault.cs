namespace ClusterClient.Testing.Faults;

internal enum LinkFault
{
    None,
    Dropped,
    Refused,
    HalfOpen,
}
