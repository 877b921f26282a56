using System.Collections.Concurrent;
using System.Data.Common;
using System.Diagnostics;
using System.Security.Cryptography;
using ClusterClient.Data;
using ClusterClient.Resilience;
using ClusterClient.Testing;
using ClusterClient.Topology;

namespace ClusterClient.Benchmarks.Hangs;

/// <summary>One round: calls of every kind on healthy replicas, the fault under all of them, and the way back.</summary>
internal sealed class HangsRun(LocalPostgres group, HangDetection detection, Action<PostgresNode> strike)
{
    private const string Endless = "select generate_series(1, 100000000), repeat('x', 1000)";
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(40);
    private readonly ConcurrentDictionary<string, long> _ended = new();
    private readonly List<Task> _calls = [];
    private readonly List<ClusterConnection> _held = [];

    /// <summary>How long each kind of call went on waiting.</summary>
    public async Task<IReadOnlyDictionary<string, TimeSpan>> RunAsync()
    {
        var builder = new ClusterDataSourceBuilder("hangs").UseNpgsql(group.ConnectionString)
            .Configure(o => (o.HangDetection, o.Retry) = (detection, RetryPolicy.None));
        foreach (var node in group.Nodes)
        {
            builder.AddNode(node.Endpoint, node.Region, name: node.Name);
        }

        await using var source = builder.Build();
        await OnlineAsync(source);
        await using var sleepAsync = await CommandAsync(source, "select pg_sleep(600)");
        await using var sleepSync = await CommandAsync(source, "select pg_sleep(600)");
        await using var streamAsync = await CommandAsync(source, Endless);
        await using var streamSync = await CommandAsync(source, Endless);
        Start("command, async", () => sleepAsync.ExecuteNonQueryAsync());
        Start("command, sync", () => Blocking(() => sleepSync.ExecuteNonQuery()));
        var readAsync = await streamAsync.ExecuteReaderAsync();
        var readSync = streamSync.ExecuteReader();
        await readAsync.ReadAsync();
        readSync.Read();
        // Long enough for the rhythm to be known, and at no particular point of it.
        await Task.Delay(TimeSpan.FromMilliseconds(1500 + RandomNumberGenerator.GetInt32(600)));

        var replicas = group.Nodes.Where(n => n != group.Primary).ToArray();
        var struck = Stopwatch.GetTimestamp();
        foreach (var replica in replicas)
        {
            strike(replica);
        }

        Start("reader, async", () => Task.Run(() => DrainAsync(readAsync)));
        Start("reader, sync", () => Blocking(() => Drain(readSync)));
        Start("open, async", async () => await (await source.Reads.OpenConnectionAsync()).DisposeAsync());
        Start("open, sync", () => Blocking(() => source.Reads.OpenConnection().Dispose()));
        await Task.WhenAll(_calls).WaitAsync(Limit);
        foreach (var replica in replicas)
        {
            replica.Resume();
            replica.Proxy.Heal();
            // A backend that sleeps or waits for its client to read would be there until its end.
            await replica.ExecuteAsync("select count(pg_terminate_backend(pid)) from pg_stat_activity where usename = 'app' and state = 'active'");
        }

        foreach (var connection in _held)
        {
            await connection.DisposeAsync();
        }

        return _ended.OrderBy(e => e.Key, StringComparer.Ordinal).ToDictionary(e => e.Key, e => Stopwatch.GetElapsedTime(struck, e.Value));
    }

    private static async Task OnlineAsync(ClusterDataSource source)
    {
        using var patience = new CancellationTokenSource(Limit);
        await foreach (var topology in source.WatchTopologyAsync(patience.Token))
        {
            if (topology.Nodes.All(n => n.Status == NodeStatus.Online))
            {
                return;
            }
        }
    }

    private async Task<ClusterCommand> CommandAsync(ClusterDataSource source, string text)
    {
        var connection = await source.Reads.OpenConnectionAsync();
        _held.Add(connection);
        var command = connection.CreateCommand();
        command.CommandText = text;
        return command;
    }

    private void Start(string name, Func<Task> call) => _calls.Add(EndAsync(name, call()));

    private async Task EndAsync(string name, Task call)
    {
        try
        {
            await call.ConfigureAwait(false);
        }
        catch (DbException)
        {
            // What a call is released with.
        }

        _ended[name] = Stopwatch.GetTimestamp();
    }

    private static Task Blocking(Action call) =>
        Task.Factory.StartNew(call, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);

    private static async Task DrainAsync(DbDataReader reader)
    {
        while (await reader.ReadAsync())
        {
        }
    }

    private static void Drain(DbDataReader reader)
    {
        while (reader.Read())
        {
        }
    }
}
