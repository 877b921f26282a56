using ClusterClient.Npgsql.Tests.Failover;
using ClusterClient.Testing;

namespace ClusterClient.Npgsql.Tests.Faults;

/// <summary>
/// One random fault after the other at whichever server is primary, each healed before the next. With three servers, of which a commit
/// waits for two, the primary also dies for good now and then; sessions are not cancelled then, because a commit that is cancelled while
/// it waits counts as done.
/// </summary>
internal sealed class FaultStorm(Scenario scenario, Random random)
{
    private const string Victim =
        "FROM (SELECT pid FROM pg_stat_activity WHERE usename = 'app' AND application_name = 'writers' ORDER BY state = 'active' DESC, random() LIMIT 1) x";

    private readonly bool _promotes = scenario.Servers.Nodes.Count > 1;

    /// <summary>How many faults hit something, by their names.</summary>
    public SortedDictionary<string, int> Hits { get; } = [];

    public int Total => Hits.Values.Sum();

    private PostgresNode Primary => scenario.Servers.Primary;

    /// <summary>Goes on until so many have hit.</summary>
    public async Task RageAsync(int faults, CancellationToken stop)
    {
        while (Total < faults)
        {
            stop.ThrowIfCancellationRequested();
            var name = Draw();
            if (await HitsAsync(name))
            {
                Hits[name] = Hits.GetValueOrDefault(name) + 1;
            }

            await Task.Delay(random.Next(60), stop);
        }
    }

    private string Draw() => random.Next(100) switch
    {
        < 30 => "reset",
        < 50 => "terminate",
        < 65 => !_promotes ? "cancel" : random.Next(3) == 0 ? "promote" : "reset",
        < 73 => "delay",
        < 81 => "half-open",
        < 89 => "drop",
        < 93 => "freeze",
        < 95 => "read-only",
        _ => _promotes ? "promote" : "crash",
    };

    private async Task<bool> HitsAsync(string fault)
    {
        switch (fault)
        {
            case "reset":
                Primary.Proxy.Reset();
                return true;
            case "terminate":
                return await Primary.ExecuteAsync($"SELECT pg_terminate_backend(pid) {Victim}") == "t";
            case "cancel":
                return await Primary.ExecuteAsync($"SELECT pg_cancel_backend(pid) {Victim}") == "t";
            case "delay":
                Primary.Proxy.Latency = TimeSpan.FromMilliseconds(random.Next(5, 200));
                return await HealAsync();
            case "half-open":
                Primary.Proxy.CutHalfOpen();
                return await HealAsync();
            case "drop":
                Primary.Proxy.Drop();
                return await HealAsync();
            case "freeze":
                Primary.Hang();
                await Task.Delay(random.Next(20, 500));
                Primary.Resume();
                return true;
            case "read-only":
                await Primary.ConfigureAsync("default_transaction_read_only", "on");
                await Task.Delay(random.Next(100));
                await Primary.ConfigureAsync("default_transaction_read_only", "off");
                return true;
            case "crash":
                await Primary.KillAsync();
                await Primary.StartAsync();
                return true;
            default:
                await ReplacePrimaryAsync();
                return true;
        }
    }

    // Long enough, at times, that the hang is noticed and the calls on it are ended.
    private async Task<bool> HealAsync()
    {
        var primary = Primary;
        await Task.Delay(random.Next(3) == 0 ? random.Next(500, 700) : random.Next(20, 150));
        primary.Proxy.Heal();
        return true;
    }

    // Whatever was acknowledged is on the further one of the two.
    private async Task ReplacePrimaryAsync()
    {
        var old = Primary;
        await old.KillAsync();
        var standbys = scenario.Servers.Nodes.Where(n => n != old).ToArray();
        var positions = await Task.WhenAll(standbys.Select(n => n.PositionAsync()));
        Array.Sort(positions, standbys);
        await scenario.PromoteAsync(standbys[1].Name, standbys[0].Name);
        await old.RejoinAsync(standbys[1]);
    }
}
