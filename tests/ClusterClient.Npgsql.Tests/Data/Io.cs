namespace ClusterClient.Npgsql.Tests.Data;

public enum Io
{
    Sync,
    Async,
}
