using ClusterClient.Consistency;
using ClusterClient.History.CommandLine;
using ClusterClient.History.Recording;
using ClusterClient.History.Workload;
using ClusterClient.Npgsql;
using ClusterClient.Testing;

namespace ClusterClient.History;

/// <summary>The servers of a run, and the library over them.</summary>
internal static class Cluster
{
    public static Task<LocalPostgres> StartServersAsync(ReplicationMode mode, CancellationToken ct) => LocalPostgres.StartAsync(
        servers =>
        {
            servers.Region("eu", 3).Region("us", 2).Sql(Schema.Sql);
            if (mode == ReplicationMode.Sync)
            {
                // Of every server, not only of the first primary: whoever is promoted has to wait for a standby too.
                servers.Setting("synchronous_standby_names", "ANY 1 (*)");
            }
        },
        ct);

    public static async Task<ClusterDataSource> OpenAsync(LocalPostgres servers, Arguments arguments, Recorder recorder, CommitLog commits, CancellationToken ct)
    {
        var builder = new ClusterDataSourceBuilder("history")
            .UseNpgsql($"{servers.ConnectionString};Application Name=history")
            .LocatedIn("eu")
            .UseLoggerFactory(commits)
            .OnEvent(happened => LossReader.Read(happened, recorder))
            .UseRandom(new Random(arguments.Seed))
            .Configure(o => (o.HangDetection, o.CommitResolution) = (HangDetection.Fast, arguments.Resolution switch
            {
                ResolutionWay.Id => CommitResolution.ByTransactionId,
                ResolutionWay.Marker => CommitResolution.ByMarker,
                _ => CommitResolution.Off,
            }));
        foreach (var node in servers.Nodes)
        {
            builder.AddNode(node.Endpoint, node.Region, name: node.Name);
        }

        var source = builder.Build();
        await source.WaitUntilReadyAsync(ct);
        if (arguments.Resolution == ResolutionWay.Marker)
        {
            await source.CreateCommitMarkersAsync(ct);
        }

        return source;
    }
}
