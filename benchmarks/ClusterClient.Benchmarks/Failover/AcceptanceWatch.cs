using System.Diagnostics;
using ClusterClient.Testing;
using Npgsql;

namespace ClusterClient.Benchmarks.Failover;

/// <summary>
/// Finds out when a node begins to accept writes, on a connection of its own past everything that is measured: asks whether it is in
/// recovery without a pause, then makes sure with a write.
/// </summary>
internal sealed class AcceptanceWatch
{
    private readonly TaskCompletionSource _watching = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private AcceptanceWatch(string connectionString) => Accepted = Task.Factory.StartNew(
        () => Watch(connectionString), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);

    /// <summary>The timestamp at which the answer came.</summary>
    public Task<long> Accepted { get; }

    /// <summary>Returns once the node has been asked for the first time.</summary>
    public static async Task<AcceptanceWatch> StartAsync(LocalPostgres group, PostgresNode node)
    {
        var watch = new AcceptanceWatch($"{group.ConnectionString};Host={node.Host};Port={node.DirectPort};Pooling=false");
        await await Task.WhenAny(watch._watching.Task, watch.Accepted);
        return watch;
    }

    private long Watch(string connectionString)
    {
        using var connection = new NpgsqlConnection(connectionString);
        connection.Open();
        using var role = new NpgsqlCommand("select pg_is_in_recovery()", connection);
        while ((bool)role.ExecuteScalar()!)
        {
            _watching.TrySetResult();
        }

        var accepted = Stopwatch.GetTimestamp();
        using var write = new NpgsqlCommand(WriteLoop.Insert, connection);
        write.ExecuteNonQuery();
        return accepted;
    }
}
