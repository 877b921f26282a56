namespace ClusterClient.Npgsql.Tests.Data;

/// <summary>Which data source a test runs on: every expectation is first one of the bare driver.</summary>
public enum Face
{
    Bare,
    Cluster,
}
