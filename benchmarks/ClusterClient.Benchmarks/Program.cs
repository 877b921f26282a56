using ClusterClient.Benchmarks.Failover;
using ClusterClient.Benchmarks.Hangs;
using ClusterClient.Benchmarks.Hedging;
using ClusterClient.Benchmarks.Overhead;
using ClusterClient.Benchmarks.Overload;
using ClusterClient.Benchmarks.Reads;
using ClusterClient.Benchmarks.Reporting;
using ClusterClient.Benchmarks.Route;
using ClusterClient.Benchmarks.Transactions;

namespace ClusterClient.Benchmarks;

/// <summary>Runs one part of the benchmarks or all. Ends with 1 when a budget was exceeded.</summary>
internal static class Program
{
    public static async Task<int> Main(string[] args)
    {
        Part[] parts = [new OverheadPart(), new TransactionsPart(), new RoutePart(), new ReadsPart(), new HedgingPart(), new FailoverPart(), new HangsPart(), new FairnessPart(), new MetastabilityPart()];
        var chosen = args is ["all", ..] ? parts : [.. parts.Where(p => args is [var name, ..] && name == p.Name)];
        if (chosen.Length == 0)
        {
            Console.WriteLine("benchmarks/run <part> [arguments]");
            foreach (var part in parts)
            {
                Console.WriteLine($"  {part.Name,-13} {part.Question}");
            }

            Console.WriteLine($"  {"all",-13} All of them.");
            return args.Length == 0 ? 0 : 2;
        }

        var failed = false;
        foreach (var part in chosen)
        {
            var report = new Report(part.Name, part.Question);
            await part.RunAsync(report, new Arguments(args));
            report.Write();
            failed |= report.HasFailed;
        }

        return failed ? 1 : 0;
    }
}
