using ClusterClient.Benchmarks.Overhead;
using ClusterClient.Benchmarks.Reporting;
using ClusterClient.Consistency;
using ClusterClient.Testing;

namespace ClusterClient.Benchmarks.Transactions;

/// <summary>What it costs on a healthy server that a commit's outcome could be found out were its answer lost, each way beside the bare driver.</summary>
internal sealed class TransactionsPart : Part
{
    private const int Operations = 5;

    public override string Name => "transactions";

    public override string Question =>
        "What a transaction of three commands (SELECT FOR UPDATE and UPDATE by key, INSERT) costs beside the bare driver, by how its outcome could be found out.";

    public override async Task RunAsync(Report report, Arguments arguments)
    {
        var (rounds, only) = (arguments.Number("rounds", 600), arguments.Text("only", ""));
        var isFirst = true;
        foreach (var (title, standbys, distance) in new[]
        {
            ("On this machine, without standbys", 0, 0), ("On this machine, with one synchronous standby", 1, 0), ("1 ms away, with one synchronous standby", 1, 1),
        })
        {
            await using var group = await LocalPostgres.StartAsync(b =>
            {
                b.Region("eu", 1 + standbys).Sql(TransactionServers.Script);
                if (standbys > 0)
                {
                    b.Synchronous($"FIRST {standbys} (*)");
                }
            });
            group.Primary.Proxy.Latency = TimeSpan.FromMilliseconds(distance);
            if (isFirst)
            {
                report.Machine(await group.Primary.ExecuteAsync("show server_version"));
                TransactionsTable.Explain(report);
                isFirst = false;
            }

            var results = new List<DuelResult>();
            foreach (var duel in Duels(new TransactionServers(group, isDistant: distance > 0), distance == 0 ? rounds : rounds / 4).Where(d => $"{title}: {d.Name}".Contains(only, StringComparison.Ordinal)))
            {
                results.Add(await duel.RunQuietlyAsync());
            }

            if (results.Count > 0)
            {
                TransactionsTable.Write(report, title, results);
            }
        }
    }

    private static IEnumerable<Duel> Duels(TransactionServers servers, int rounds)
    {
        foreach (var (how, isAsync) in new[] { ("async", true), ("sync", false) })
        {
            foreach (var resolution in new[] { CommitResolution.Off, CommitResolution.ByTransactionId, CommitResolution.ByMarker })
            {
                var budget = resolution == CommitResolution.Off ? Budget.None : Budget.Transaction;
                yield return Against($"open cycle, {how}, {resolution}", c => new TransactionCycle(c, isAsync), c => new TransactionCycle(c, isAsync));
                yield return Against($"open cycle, {how}, {resolution}, as a whole", c => new TransactionCycle(c, isAsync), c => new WholeTransaction(c, isAsync));
                yield return Against($"open connection, {how}, {resolution}", c => new TransactionOnly(c, isAsync), c => new TransactionOnly(c, isAsync));

                Duel Against(string name, Func<Func<Task<Entrant>>, Contender> raw, Func<Func<Task<Entrant>>, Contender> cluster) =>
                    new(name, budget, raw(servers.Raw), raw(servers.Raw), cluster(() => servers.ClusterAsync(resolution)))
                    {
                        Operations = Operations, Rounds = rounds, RoundsPerRenewal = 50,
                    };
            }
        }
    }
}
