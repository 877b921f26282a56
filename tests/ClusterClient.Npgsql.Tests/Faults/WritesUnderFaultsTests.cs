using ClusterClient.Npgsql.Tests.Data;
using ClusterClient.Npgsql.Tests.Failover;
using Xunit.Abstractions;

namespace ClusterClient.Npgsql.Tests.Faults;

/// <summary>
/// The rule that no write is sent again which may have been applied, over hundreds of random faults: each row whose writer was told so
/// is there exactly once, every other at most once.
/// </summary>
[Collection(FaultServers.Name)]
public sealed class WritesUnderFaultsTests(ITestOutputHelper output)
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    [Theory]
    [InlineData(20_261, 200, false)]
    [InlineData(20_262, 80, true)]
    public async Task Writes_RandomFaults_AreDoneOnceOrAtMostOnce(int seed, int faults, bool promotes)
    {
        using var retries = new RetryCounter();
        await using var s = await Scenario.StartAsync(
            b => b.UseLoggerFactory(retries).UseRandom(new Random(seed)).Configure(o =>
            {
                o.HangDetection = HangDetection.Fast;
                o.FailoverTimeout = TimeSpan.FromSeconds(10);
                // As many as there is occasion for.
                o.Retry = new() { BudgetPerSecond = 10_000 };
            }),
            eu: promotes ? 3 : 1,
            connectionString: "Username=app;Database=app;Application Name=writers;Command Timeout=10;Timeout=3",
            before: async servers =>
            {
                await servers["eu-1"].ExecuteAsync(Ledger.Schema);
                await servers.WaitForReplicationAsync();
                foreach (var node in servers.Nodes.Where(_ => promotes))
                {
                    await node.ConfigureAsync("synchronous_standby_names", "ANY 1 (*)");
                }
            });
        var ledger = new Ledger(s.Orders);
        var storm = new FaultStorm(s, new Random(seed));
        using var stop = new CancellationTokenSource();
        using var limit = new CancellationTokenSource(Limit);
        var writers = Enumerable.Range(1, 8).Select(w => Task.Factory.StartNew(
            () => ledger.WriteAsync(w % 3 == 0 ? Io.Sync : Io.Async, new Random(seed + w), stop.Token),
            CancellationToken.None,
            TaskCreationOptions.LongRunning,
            TaskScheduler.Default).Unwrap()).ToArray();

        await storm.RageAsync(faults, limit.Token);
        await s.UntilAsync(t => t.Primary is not null);
        await stop.CancelAsync();
        await Task.WhenAll(writers).WaitAsync(Scenario.Patience);
        await s.Orders.DisposeAsync();
        // What was given up may still be running there.
        await Eventually.TrueAsync(
            async () => await s.Servers.Primary.ExecuteAsync("SELECT count(*) FROM pg_stat_activity WHERE usename = 'app'") == "0", Scenario.Patience);

        var (wrong, done) = await ledger.AuditAsync(s.Servers.Primary.DirectPort);
        var failed = ledger.Entries.Count(e => e.Fault is not null);
        var account = $"seed {seed}: {string.Join(", ", storm.Hits.Select(h => $"{h.Value} {h.Key}"))}; {ledger.Entries.Count} writes, of which "
            + $"{failed} failed, {done} of them after they were done; {retries.Total} sent again, {retries.AfterFaults} of them after faults; the longest took {ledger.Longest}";
        output.WriteLine(account);
        Assert.True(wrong.Length == 0, $"{account}\n{wrong.Length} are wrong:\n{string.Join('\n', wrong.Take(20))}");
        Assert.True(storm.Total >= faults, account);
        // Had the wrong ones been sent again, they would be there twice.
        Assert.True(failed > faults / 4 && done > 5, account);
        Assert.True(retries.AfterFaults > 5 && retries.Total > retries.AfterFaults + 5, account);
        Assert.True(ledger.Longest < TimeSpan.FromSeconds(25), account);
    }
}
