using ClusterClient.Testing;

namespace Failover;

/// <summary>What happens to the servers, phase by phase.</summary>
internal sealed class Scenario(Stage stage, Operator manager, Referee referee)
{
    /// <summary>What a round trip to the other region takes longer.</summary>
    public static readonly TimeSpan Distance = TimeSpan.FromMilliseconds(10);

    public static readonly TimeSpan Slowness = TimeSpan.FromMilliseconds(30);

    /// <summary>How long the operator waits for a lost primary before it promotes another, as a brisk orchestrator would.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(1.5);

    private static readonly TimeSpan Look = TimeSpan.FromSeconds(2);

    private LocalPostgres Group => stage.Group;

    /// <summary>Runs all phases; returns early when it is stopped.</summary>
    public async Task RunAsync(CancellationToken stop)
    {
        try
        {
            stage.Begin("all is well");
            ResetDistances();
            await Task.Delay(2 * Look, stop);
            stage.Explain();
            referee.StartAgain();
            await SlowReplicaAsync(stop);
            await KillAsync(stop);
            await HangAsync(stop);
            await LoseRegionAsync(stop);
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            stage.Story.Tell("demo", "stopped");
        }
    }

    private async Task SlowReplicaAsync(CancellationToken stop)
    {
        var slow = Group.Nodes.Last(node => node.Region == Group.Primary.Region);
        stage.Begin($"a slow replica: {slow.Name} answers {Slowness.TotalMilliseconds:0} ms later");
        slow.Proxy.Latency = Slowness;
        stage.Injected[slow.Name] = "slow";
        await Task.Delay(2 * Look, stop);
        referee.NoteReadsWhileSlow();
        stage.Explain();
        Heal([slow]);
        await Task.Delay(Look, stop);
    }

    private async Task KillAsync(CancellationToken stop)
    {
        var victim = Group.Primary;
        await FaultAsync($"the primary {victim.Name} is killed", async () =>
        {
            stage.Injected[victim.Name] = "killed";
            await victim.KillAsync();
            await Task.Delay(Patience, stop);
            stage.Explain();
            return await manager.FailOverAsync(victim.Region, [victim]);
        }, stop);

        stage.Begin($"{victim.Name} comes back as a replica");
        await manager.BringBackAsync(victim, []);
        Heal([victim]);
        await referee.WaitUntilSteadyAsync(stop);
    }

    private async Task HangAsync(CancellationToken stop)
    {
        var victim = Group.Primary;
        await FaultAsync($"the primary {victim.Name} hangs", async () =>
        {
            stage.Injected[victim.Name] = "hangs";
            victim.Hang();
            await Task.Delay(Patience, stop);
            stage.Explain();
            return await manager.FailOverAsync(victim.Region, [victim]);
        }, stop);

        stage.Begin($"{victim.Name} wakes up and still thinks it is primary");
        stage.Injected[victim.Name] = "wakes up";
        victim.Resume();
        await stage.WaitUntilFencedAsync(victim, Look, stop);
        stage.Explain();
        await Task.Delay(Look / 2, stop);
        await manager.BringBackAsync(victim, []);
        Heal([victim]);
        await referee.WaitUntilSteadyAsync(stop);
    }

    private async Task LoseRegionAsync(CancellationToken stop)
    {
        var oldPrimary = Group.Primary;
        PostgresNode[] lost = [.. Group.Nodes.Where(node => node.Region == oldPrimary.Region)];
        var other = Group.Nodes.First(node => node.Region != oldPrimary.Region).Region;
        await FaultAsync($"nothing is heard from region {oldPrimary.Region}", async () =>
        {
            foreach (var node in lost)
            {
                stage.Injected[node.Name] = "cut off";
                node.Proxy.Drop();
            }

            await Task.Delay(Patience, stop);
            stage.Explain();
            return await manager.FailOverAsync(other, lost);
        }, stop);

        stage.Begin($"region {oldPrimary.Region} is back, and {oldPrimary.Name} still thinks it is primary");
        Heal(lost);
        await stage.WaitUntilFencedAsync(oldPrimary, Look, stop);
        stage.Explain();
        await Task.Delay(Look / 2, stop);
        await manager.BringBackAsync(oldPrimary, lost.Where(node => node != oldPrimary));
        await referee.WaitUntilSteadyAsync(stop);
    }

    private async Task FaultAsync(string fault, Func<Task<long>> strike, CancellationToken stop)
    {
        stage.Begin(fault);
        await referee.MeasureAsync(fault, strike, stop);
    }

    private void Heal(IEnumerable<PostgresNode> nodes)
    {
        foreach (var node in nodes)
        {
            node.Proxy.Heal();
            stage.Injected.TryRemove(node.Name, out _);
        }

        ResetDistances();
    }

    private void ResetDistances()
    {
        foreach (var node in Group.Nodes.Where(node => node.Region == "us"))
            node.Proxy.Latency = Distance;
    }
}
