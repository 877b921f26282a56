using System.Globalization;
using ClusterClient.Npgsql;
using ClusterClient.Testing;

namespace ClusterClient.Benchmarks.Failover;

/// <summary>Through the cluster, with its defaults.</summary>
internal sealed class ClusterWrites : Writes
{
    private readonly ClusterDataSource _source;

    public ClusterWrites(LocalPostgres group)
    {
        var builder = new ClusterDataSourceBuilder("failover").UseNpgsql(group.ConnectionString);
        foreach (var node in group.Nodes)
        {
            // Called by its port, so that a connection tells which server it is on.
            builder.AddNode($"{node.Host}:{node.DirectPort}", node.Region, name: node.DirectPort.ToString(CultureInfo.InvariantCulture));
        }

        _source = builder.Build();
    }

    public override async Task<int> WriteAsync(string sql)
    {
        await using var connection = await _source.OpenConnectionAsync();
        await using var command = connection.CreateCommand();
        command.CommandText = sql;
        await command.ExecuteNonQueryAsync();
        return int.Parse(connection.NodeName!, CultureInfo.InvariantCulture);
    }

    public override ValueTask DisposeAsync() => _source.DisposeAsync();
}
