using ClusterClient;
using ClusterClient.Data;
using ClusterClient.Testing;
using Npgsql;

namespace Failover;

/// <summary>The two data sources that are compared, set up as a team would: the same timeouts, otherwise the defaults.</summary>
internal static class Contenders
{
    public const string Settings = "Timeout=5;Command Timeout=5";
    public const string SettingsToRead = "Load Balance Hosts=true";

    private const string OurTable = "written_by_clusterclient";
    private const string NpgsqlTable = "written_by_npgsql";

    /// <summary>No unique constraint: a write that is applied twice must be seen, not prevented.</summary>
    public const string TablesSql = $"""
        create table {OurTable} (id bigint not null); create index on {OurTable} (id);
        create table {NpgsqlTable} (id bigint not null); create index on {NpgsqlTable} (id);
        """;

    public static ClusterDataSource Cluster(LocalPostgres group, Story story)
    {
        var builder = new ClusterDataSourceBuilder("orders")
            .UseNpgsql($"{group.ConnectionString};{Settings}")
            .LocatedIn("eu")
            .OnEvent(happened => story.Tell("library", happened.Message));
        foreach (var node in group.Nodes)
            builder.AddNode(node.Endpoint, node.Region, name: node.Name);
        return builder.Build();
    }

    public static NpgsqlMultiHostDataSource MultiHost(LocalPostgres group, string settings)
    {
        var hosts = string.Join(',', group.Nodes.Select(node => node.Endpoint));
        return new NpgsqlDataSourceBuilder($"Host={hosts};{group.ConnectionString};{Settings};{settings}").BuildMultiHost();
    }

    public static Contender Over(ClusterDataSource cluster) => new(
        "ClusterClient", OurTable, cluster, cluster.Reads, connection => ((ClusterConnection)connection).NodeName ?? "");

    public static Contender Over(
        NpgsqlMultiHostDataSource hosts, NpgsqlMultiHostDataSource hostsToRead, LocalPostgres group)
    {
        var names = group.Nodes.ToDictionary(node => node.Port, node => node.Name);
        return new(
            "Npgsql multi-host",
            NpgsqlTable,
            hosts.WithTargetSession(TargetSessionAttributes.ReadWrite),
            hostsToRead.WithTargetSession(TargetSessionAttributes.PreferStandby),
            connection => names[((NpgsqlConnection)connection).Port]);
    }
}
