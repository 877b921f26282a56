using System.Diagnostics;
using ClusterClient.Benchmarks.Reporting;

namespace ClusterClient.Benchmarks.Reads;

/// <summary>One policy: its data source, and all reads that were counted in its blocks.</summary>
internal sealed class PolicyReads(string policy, ClusterDataSource source, ReadGroup group, ReadsSettings settings) : IAsyncDisposable
{
    private readonly List<Read> _reads = [];

    public string Policy => policy;

    public int Count => _reads.Count;

    public int Errors => _reads.Count(r => r.HasFailed);

    public double SlowShare => (double)_reads.Count(r => r.Node == group.Slow.Name) / Math.Max(1, Count);

    public Sample Latencies => new(_reads.Where(r => !r.HasFailed).Select(r => r.Milliseconds));

    /// <summary>What the policy knew at the end of its last block.</summary>
    public string Explanation { get; private set; } = "";

    /// <summary>One block, in which the slow replica freezes once.</summary>
    /// <param name="freezeAt">When, as a part of the block, from 0 to 1.</param>
    /// <param name="seed">For the callers' pauses.</param>
    public async Task RunAsync(double freezeAt, int seed)
    {
        await using var readers = new Readers(source, settings, seed);
        await Task.Delay(ReadsSettings.Settling);
        var began = Stopwatch.GetTimestamp();
        var quiet = settings.Block - ReadsSettings.Freeze;
        await Task.Delay(quiet * freezeAt);
        await group.FreezeAsync();
        await Task.Delay(quiet * (1 - freezeAt));
        Explanation = source.Reads.Explain();
        _reads.AddRange(readers.Since(began));
    }

    public void Forget() => _reads.Clear();

    public ValueTask DisposeAsync() => source.DisposeAsync();
}
