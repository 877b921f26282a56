using ClusterClient;
using ClusterClient.Testing;

namespace Failover;

/// <summary>Starts the servers, the two contenders and their work, lets the scenario run, and counts.</summary>
internal static class Demo
{
    /// <summary>A call of the baseline to a hung server hears no cancellation; the end does not wait for it.</summary>
    private static readonly TimeSpan LongestGoodbye = TimeSpan.FromSeconds(3);

    /// <summary>
    /// Npgsql holds a thread for every call that it cancels at a hung server. The contenders and the proxies share this process,
    /// and none of them shall wait for a thread because of another.
    /// </summary>
    private const int Threads = 256;

    public static async Task<int> RunAsync(DemoOptions options, CancellationToken stop)
    {
        ThreadPool.SetMinThreads(Threads, Threads);
        await using var group = await LocalPostgres.StartAsync(
            g => g.Region("eu", 3).Region("us", 2).Sql(Contenders.TablesSql), stop);
        var story = new Story(options.IsPlain);
        var manager = new Operator(group, story);
        await manager.RequireReplicationAsync();

        await using var cluster = Contenders.Cluster(group, story);
        await using var hostsToRead = Contenders.MultiHost(group, Contenders.SettingsToRead);
        await using var hosts = options.HasSharedSource ? hostsToRead : Contenders.MultiHost(group, "");
        Contender[] contenders = [Contenders.Over(cluster), Contenders.Over(hosts, hostsToRead, group)];
        var stage = new Stage(group, cluster, contenders, story, new(cluster, options.Explains));
        var referee = new Referee(contenders, options.PhaseLimit);
        var scenario = new Scenario(stage, manager, referee);

        Introduction.Print(options);
        await cluster.WaitUntilReadyAsync(stop);
        using var work = CancellationTokenSource.CreateLinkedTokenSource(stop);
        var working = Task.WhenAll(contenders.Select(contender => new Workload(contender).RunAsync(work.Token)));
        try
        {
            await Screen.ShowAsync(stage, options.IsPlain, scenario.RunAsync(stop));
        }
        finally
        {
            await work.CancelAsync();
            await Task.WhenAny(working, Task.Delay(LongestGoodbye, CancellationToken.None));
        }

        var summary = new Summary(contenders, referee, story.Elapsed);
        return await summary.PrintAsync(group, stop.IsCancellationRequested);
    }
}
