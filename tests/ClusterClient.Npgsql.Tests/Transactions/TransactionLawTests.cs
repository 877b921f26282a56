using System.Collections.Concurrent;
using ClusterClient.Data;
using ClusterClient.Npgsql.Tests.Failover;
using ClusterClient.Npgsql.Tests.Faults;
using ClusterClient.Topology;
using Dapper;
using Xunit;
using Xunit.Abstractions;

namespace ClusterClient.Npgsql.Tests.Transactions;

/// <summary>
/// The law of whole transactions, over random faults and failovers of a group that loses nothing it acknowledged: money is neither made nor lost,
/// what was said to be done is done once, what was said not to be is not, and only the unknown is at most once.
/// </summary>
[Collection(FaultServers.Name)]
public sealed class TransactionLawTests(ITestOutputHelper output)
{
    private const int Accounts = 6;
    private const int Clients = 8;

    [Fact]
    public async Task Transfers_RandomFaults_KeepTheLaw()
    {
        await using var s = await Scenario.StartAsync(
            b => b.UseRandom(new Random(5)).Configure(o =>
            {
                o.HangDetection = HangDetection.Fast;
                o.FailoverTimeout = TimeSpan.FromSeconds(10);
                o.Retry = new() { BudgetPerSecond = 10_000, MaxRetries = 20 };
            }),
            connectionString: "Username=app;Database=app;Application Name=writers;Command Timeout=10;Timeout=3",
            before: async servers =>
            {
                await servers["eu-1"].ExecuteAsync(
                    $"SET ROLE app; CREATE TABLE account (id int PRIMARY KEY, balance int); CREATE TABLE transfer (id int);"
                    + $"INSERT INTO account SELECT g, 100 FROM generate_series(1, {Accounts}) g");
                await servers.WaitForReplicationAsync();
                foreach (var node in servers.Nodes)
                {
                    await node.ConfigureAsync("synchronous_standby_names", "ANY 1 (*)");
                }
            });
        var told = new ConcurrentDictionary<int, Exception?>();
        using var stop = new CancellationTokenSource();
        var (last, runs) = (0, 0);
        var clients = Enumerable.Range(0, Clients).Select(c => Task.Factory.StartNew(
            async () =>
            {
                var random = new Random(c);
                while (!stop.IsCancellationRequested)
                {
                    var id = Interlocked.Increment(ref last);
                    var (from, to) = (random.Next(Accounts) + 1, random.Next(Accounts) + 1);
                    try
                    {
                        if (c % 3 == 0)
                        {
                            s.Orders.ExecuteInTransaction(db =>
                            {
                                Interlocked.Increment(ref runs);
                                db.Execute("UPDATE account SET balance = balance - 1 WHERE id = @from", new { from });
                                db.Execute("UPDATE account SET balance = balance + 1 WHERE id = @to", new { to });
                                db.Execute("INSERT INTO transfer VALUES (@id)", new { id });
                            });
                        }
                        else
                        {
                            await s.Orders.ExecuteInTransactionAsync(async (db, _) =>
                            {
                                Interlocked.Increment(ref runs);
                                await db.ExecuteAsync("UPDATE account SET balance = balance - 1 WHERE id = @from", new { from });
                                await db.ExecuteAsync("UPDATE account SET balance = balance + 1 WHERE id = @to", new { to });
                                await db.ExecuteAsync("INSERT INTO transfer VALUES (@id)", new { id });
                            });
                        }

                        told[id] = null;
                    }
                    catch (Exception e)
                    {
                        told[id] = e;
                    }
                }
            },
            CancellationToken.None,
            TaskCreationOptions.LongRunning,
            TaskScheduler.Default).Unwrap()).ToArray();
        var storm = new FaultStorm(s, new Random(5));
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        await storm.RageAsync(30, limit.Token);
        await s.UntilAsync(t => t.Primary is not null);
        await stop.CancelAsync();
        await Task.WhenAll(clients).WaitAsync(Scenario.Patience);
        await s.Orders.DisposeAsync();

        var counts = ((await s.Servers.Primary.ExecuteAsync("SELECT string_agg(id || ':' || n, ' ') FROM (SELECT id, count(*) n FROM transfer GROUP BY id) x")) ?? "")
            .Split(' ').Select(p => p.Split(':')).ToDictionary(p => int.Parse(p[0]), p => int.Parse(p[1]));
        string[] wrong =
        [
            .. from t in told
               let count = counts.GetValueOrDefault(t.Key)
               where count > 1 || (t.Value is null && count != 1) || (t.Value is not null && count == 1 && CallFault.Of(t.Value) is not { MayHaveBeenApplied: true })
               select $"{t.Key} is there {count} times, and its client was told {t.Value}",
        ];
        var unknown = told.Values.Count(e => e is CommitOutcomeUnknownException);
        var account = $"{string.Join(", ", storm.Hits.Select(h => $"{h.Value} {h.Key}"))}; {last} transfers in {runs} runs, {told.Values.Count(e => e is null)} done, "
            + $"{unknown} unknown, others {string.Join(", ", told.Values.Where(e => e is not null and not CommitOutcomeUnknownException).GroupBy(e => CallFault.Of(e!)?.ToString() ?? e!.ToString()).Select(g => $"{g.Count()} {g.Key}").Take(10))}";
        output.WriteLine(account);
        Assert.True(wrong.Length == 0, $"{account}\n{string.Join('\n', wrong.Take(10))}");
        Assert.Equal($"{Accounts * 100}", await s.Servers.Primary.ExecuteAsync("SELECT sum(balance) FROM account"));
        Assert.True(told.Values.Count(e => e is null) > 50 && runs > last, account);
    }
}
