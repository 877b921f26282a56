using ClusterClient.Benchmarks.Overhead.Fakes;
using ClusterClient.Benchmarks.Reporting;
using ClusterClient.Testing;

namespace ClusterClient.Benchmarks.Overhead;

/// <summary>What the library adds to the driver it wraps: on a real server, and alone.</summary>
internal sealed class OverheadPart : Part
{
    /// <summary>One that may be cancelled and never is, as a web request's: such calls are watched.</summary>
    private readonly CancellationTokenSource _caller = new();

    public override string Name => "overhead";

    public override string Question => "What an open + SELECT 1 + close, and a command alone, cost beside the bare driver.";

    public override async Task RunAsync(Report report, Arguments arguments)
    {
        await using var group = await LocalPostgres.StartAsync(b => b.Region("eu", 2));
        report.Machine(await group.Primary.ExecuteAsync("show server_version"));
        var only = arguments.Text("only", "");
        var real = new List<DuelResult>();
        foreach (var duel in OnRealServers(group, arguments.Number("rounds", 300)).Where(d => d.Name.Contains(only, StringComparison.Ordinal)))
        {
            real.Add(await duel.RunQuietlyAsync());
        }

        OverheadTables.WriteReal(report, real);
        if (only.Length == 0)
        {
            var alone = new List<DuelResult>();
            foreach (var duel in Alone())
            {
                alone.Add(await duel.RunAsync());
            }

            OverheadTables.WriteAlone(report, alone, real);
        }
    }

    private IEnumerable<Duel> OnRealServers(LocalPostgres group, int rounds)
    {
        var servers = new RealServers(group);
        foreach (var (how, isAsync) in new[] { ("async", true), ("sync", false) })
        {
            yield return Duel.Between($"open cycle, {how}", Budget.OpenCycle, c => new OpenCycle(c, isAsync), servers.Primary, servers.Cluster, 100, rounds);
            yield return Duel.Between($"command, {how}", Budget.Command, c => new CommandOnly(c, isAsync), servers.Primary, servers.Cluster, 100, rounds);
        }

        yield return Duel.Between("open cycle, async, with a token", Budget.OpenCycle, c => new OpenCycle(c, true, _caller.Token), servers.Primary, servers.Cluster, 100, rounds);
        yield return Duel.Between("command, async, with a token", Budget.Command, c => new CommandOnly(c, true, _caller.Token), servers.Primary, servers.Cluster, 100, rounds);
        yield return Duel.Between("open cycle of Reads, async", Budget.OpenCycle, c => new OpenCycle(c, true), servers.Replica, servers.Reads, 100, rounds);
    }

    private IEnumerable<Duel> Alone()
    {
        foreach (var (how, isAsync, yields) in new[] { ("sync", false, false), ("async, completed", true, false), ("async, pending", true, true) })
        {
            var servers = new FakeServers(yields);
            var operations = yields ? 4_000 : 20_000;
            yield return Duel.Between($"open cycle, {how}", Budget.OpenCycle, c => new OpenCycle(c, isAsync), servers.Raw, servers.Cluster, operations, 100);
            yield return Duel.Between($"command, {how}", Budget.Command, c => new CommandOnly(c, isAsync), servers.Raw, servers.Cluster, operations, 100);
        }

        var pending = new FakeServers(true);
        yield return Duel.Between("open cycle, async, pending, with a token", Budget.OpenCycle, c => new OpenCycle(c, true, _caller.Token), pending.Raw, pending.Cluster, 4_000, 100);
        yield return Duel.Between("command, async, pending, with a token", Budget.Command, c => new CommandOnly(c, true, _caller.Token), pending.Raw, pending.Cluster, 4_000, 100);
    }
}
