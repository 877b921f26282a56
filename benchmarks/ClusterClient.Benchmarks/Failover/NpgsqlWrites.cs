using ClusterClient.Testing;
using Npgsql;

namespace ClusterClient.Benchmarks.Failover;

/// <summary>Through Npgsql's own choice among several hosts.</summary>
internal sealed class NpgsqlWrites : Writes
{
    private readonly NpgsqlMultiHostDataSource _all;
    private readonly NpgsqlDataSource _primary;

    public NpgsqlWrites(LocalPostgres group)
    {
        var hosts = string.Join(',', group.Nodes.Select(n => $"{n.Host}:{n.DirectPort}"));
        _all = new NpgsqlDataSourceBuilder($"{group.ConnectionString};Host={hosts}").BuildMultiHost();
        _primary = _all.WithTargetSession(TargetSessionAttributes.Primary);
    }

    public override async Task<int> WriteAsync(string sql)
    {
        await using var connection = await _primary.OpenConnectionAsync();
        await using var command = connection.CreateCommand();
        command.CommandText = sql;
        await command.ExecuteNonQueryAsync();
        return connection.Port;
    }

    public override async ValueTask DisposeAsync()
    {
        await _primary.DisposeAsync();
        await _all.DisposeAsync();
    }
}
