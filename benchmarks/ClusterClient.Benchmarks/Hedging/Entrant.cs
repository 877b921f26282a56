using System.Diagnostics;
using System.Globalization;
using ClusterClient.Benchmarks.Reads;
using ClusterClient.Benchmarks.Reporting;
using ClusterClient.Resilience;

namespace ClusterClient.Benchmarks.Hedging;

/// <summary>One way to read, with a table of its own, by whose scans the servers tell how many of its queries they saw.</summary>
internal sealed class Entrant(string policy, bool isHedged, string table, ReadGroup group, ReadsSettings settings)
{
    private readonly List<Read> _reads = [];
    private ClusterDataSource? _source;
    private long _sent;
    private long _scans;

    public string Policy => policy;

    public bool IsHedged => isHedged;

    public int Count => _reads.Count;

    public int Errors => _reads.Count(r => r.HasFailed);

    public Sample Latencies => new(_reads.Where(r => !r.HasFailed).Select(r => r.Milliseconds));

    /// <summary>Queries that reached a server for each read; known at the end.</summary>
    public double QueriesPerRead => (double)_scans / _sent;

    public async Task ConnectAsync() => _source = await group.ConnectAsync(policy, isHedged ? HedgingPolicy.Default : null);

    /// <summary>One block, with a freeze in each second of it.</summary>
    public async Task RunAsync(int seed, bool counts)
    {
        var began = Stopwatch.GetTimestamp();
        var readers = new Readers(_source!, settings, seed, table);
        var settled = 0L;
        await using (new FreezeLoop(group.Slow))
        {
            await Task.Delay(ReadsSettings.Settling);
            settled = Stopwatch.GetTimestamp();
            await Task.Delay(settings.Block);
            if (counts)
            {
                _reads.AddRange(readers.Since(settled));
            }
        }

        await readers.DisposeAsync();
        _sent += readers.Since(began).Length;
    }

    /// <summary>Closes all of its connections, with which servers bring their statistics up to date, and asks for them.</summary>
    public async Task CountAsync()
    {
        await _source!.DisposeAsync();
        foreach (var node in group.Nodes)
        {
            for (var (last, again) = (-1L, true); again; await Task.Delay(TimeSpan.FromMilliseconds(500)))
            {
                var scans = long.Parse(
                    (await node.ExecuteAsync($"select coalesce(sum(seq_scan), 0) from pg_stat_user_tables where relname = '{table}'"))!,
                    CultureInfo.InvariantCulture);
                again = scans != last;
                _scans += again ? scans - Math.Max(last, 0) : 0;
                last = scans;
            }
        }
    }
}
