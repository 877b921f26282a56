using System.Diagnostics;

namespace ClusterClient.Benchmarks.Overhead;

/// <summary>What one operation took and allocated, averaged over a block of them.</summary>
internal readonly record struct Block(double Nanoseconds, double Bytes)
{
    public static async Task<Block> MeasureAsync(Contender contender, int operations)
    {
        var all = GC.GetTotalAllocatedBytes(precise: true);
        var mine = GC.GetAllocatedBytesForCurrentThread();
        var began = Stopwatch.GetTimestamp();
        var running = contender.RunAsync(operations);
        if (running.IsCompleted)
        {
            // Nothing left this thread, so its own count is the exact one.
            var took = Stopwatch.GetElapsedTime(began);
            mine = GC.GetAllocatedBytesForCurrentThread() - mine;
            await running;
            return new(took.TotalNanoseconds / operations, (double)mine / operations);
        }

        await running;
        var tookInAll = Stopwatch.GetElapsedTime(began);
        all = GC.GetTotalAllocatedBytes(precise: true) - all;
        return new(tookInAll.TotalNanoseconds / operations, (double)all / operations);
    }
}
