using System.Collections.Concurrent;
using ClusterClient.Testing;
using Npgsql;

namespace Failover;

/// <summary>Which writes were acknowledged, to be held against what the surviving primary has.</summary>
internal sealed class WriteLedger(string table)
{
    private readonly ConcurrentQueue<long> _acknowledged = new();
    private long _last;

    public int Acknowledged => _acknowledged.Count;

    public long NextId() => Interlocked.Increment(ref _last);

    /// <summary>The call that inserted this id returned: from now on the id must be there, whatever happens.</summary>
    public void Acknowledge(long id) => _acknowledged.Enqueue(id);

    /// <summary>Asks the primary itself, past proxies and contenders.</summary>
    public async Task<WriteCount> CountAsync(LocalPostgres group)
    {
        // First what was promised, then what is there: a call that ends in between can do no harm.
        var acknowledged = _acknowledged.ToArray();
        var primary = group.Primary;
        await using var source = NpgsqlDataSource.Create($"Host={primary.Host};Port={primary.DirectPort};{group.ConnectionString};Timeout=5");
        await using var command = source.CreateCommand($"select id, count(*) from {table} group by id");
        await using var reader = await command.ExecuteReaderAsync();
        var found = new HashSet<long>();
        var twice = 0;
        while (await reader.ReadAsync())
        {
            found.Add(reader.GetInt64(0));
            twice += reader.GetInt64(1) > 1 ? 1 : 0;
        }

        return new(acknowledged.Length, Lost: acknowledged.Count(id => !found.Contains(id)), twice);
    }
}
