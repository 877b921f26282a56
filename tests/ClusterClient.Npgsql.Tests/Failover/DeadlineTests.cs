using System.Diagnostics;
using ClusterClient.Routing;
using ClusterClient.Topology;

namespace ClusterClient.Npgsql.Tests.Failover;

/// <summary>One deadline covers a call; the caller's own cancellation ends it at once; a refusal tells everything.</summary>
public sealed class DeadlineTests
{
    private static readonly TimeSpan Short = TimeSpan.FromSeconds(2);

    [Fact]
    public async Task Open_NoPrimaryInTime_IsRefusedWithTheWholeView()
    {
        await using var s = await Scenario.StartAsync(b => b.Configure(o => o.FailoverTimeout = TimeSpan.FromSeconds(2)));
        await s.Servers["eu-1"].KillAsync();
        s.Servers["eu-3"].Hang();
        await s.UntilAsync("eu-1", NodeStatus.Unreachable);
        await s.UntilAsync("eu-3", NodeStatus.Silent);

        var refusal = await Assert.ThrowsAsync<ClusterUnavailableException>(
            () => s.Orders.OpenConnectionAsync().AsTask().WaitAsync(Scenario.Patience));

        Assert.Equal(RouteIntent.Write, refusal.Intent);
        Assert.True(refusal.IsTransient);
        Assert.Matches("within 2 s", refusal.Message);
        Assert.Matches(@"write from eu -> no node; epoch 1, primary unknown, view \d+ ms old", refusal.Explanation);
        Assert.Matches("eu-1 .*unreachable: ", refusal.Explanation);
        Assert.Matches("eu-2 .*not the primary", refusal.Explanation);
        Assert.Matches("eu-3 .*silent: no answer", refusal.Explanation);
        Assert.Throws<ClusterUnavailableException>(s.Orders.OpenConnection);
    }

    [Fact]
    public async Task Open_PrimaryHangs_IsRefusedByTheDeadlineNotByTheDriver()
    {
        // The driver would try for 15 s and then some. The node's silence is noticed long after the deadline here.
        await using var s = await Scenario.StartAsync(
            b => b.Configure(o => (o.FailoverTimeout, o.MonitorInterval, o.ProbeTimeout) = (Short, TimeSpan.FromMinutes(1), TimeSpan.FromMinutes(1))),
            eu: 2);
        s.Servers["eu-1"].Hang();
        var began = Stopwatch.GetTimestamp();

        await Assert.ThrowsAsync<ClusterUnavailableException>(() => s.Orders.OpenConnectionAsync().AsTask());

        Assert.InRange(Stopwatch.GetElapsedTime(began), Short, TimeSpan.FromSeconds(8));
    }

    [Fact]
    public async Task Open_CallerCancelsWhileWaiting_EndsAtOnceAndBlamesNobody()
    {
        await using var s = await Scenario.StartAsync(eu: 2);
        await s.Servers["eu-1"].KillAsync();
        await s.UntilAsync("eu-1", NodeStatus.Unreachable);
        using var caller = new CancellationTokenSource();
        var waiting = s.Orders.OpenConnectionAsync(caller.Token).AsTask();
        await caller.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting.WaitAsync(Scenario.Patience));
        Assert.False(s.Node("eu-2").IsDoubted);
    }

    [Fact]
    public async Task Open_CallerCancelsWhileTheNodeHangs_EndsAtOnceAndFreesThePlace()
    {
        await using var s = await Scenario.StartAsync(
            b => b.Configure(o => (o.MonitorInterval, o.ProbeTimeout) = (TimeSpan.FromMinutes(1), TimeSpan.FromMinutes(1))), eu: 2);
        s.Servers["eu-1"].Hang();
        using var caller = new CancellationTokenSource();
        var opening = s.Orders.OpenConnectionAsync(caller.Token).AsTask();
        await Eventually.TrueAsync(() => InFlight(s) == 1, Scenario.Patience);
        await caller.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => opening.WaitAsync(TimeSpan.FromSeconds(5)));
        Assert.Equal(0, InFlight(s));
        Assert.Equal(NodeStatus.Online, s.Node("eu-1").Status);
        Assert.False(s.Node("eu-1").IsDoubted);

        static int InFlight(Scenario s) => Explained.InFlight(s.Orders.Explain(RouteIntent.Write), "eu-1");
    }

    [Fact]
    public async Task Command_CallerCancels_IsNoFaultOfTheNode()
    {
        await using var s = await Scenario.StartAsync(eu: 2);
        var version = s.Orders.Topology.Version;
        await using var db = await s.Orders.OpenConnectionAsync();
        await using var sleep = db.CreateCommand();
        sleep.CommandText = "SELECT pg_sleep(20)";
        using var caller = new CancellationTokenSource(TimeSpan.FromMilliseconds(100));

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => sleep.ExecuteNonQueryAsync(caller.Token));

        Assert.Equal(version, s.Orders.Topology.Version);
    }

    [Theory]
    [InlineData("command")]
    [InlineData("reader")]
    [InlineData("batch")]
    [InlineData("transaction")]
    [InlineData("commit")]
    public async Task Call_CallerCancelsWhileTheServerHangs_EndsAtOnceAndBlamesNobody(string call)
    {
        // Left to the driver this takes its timeouts, and left to the monitor a minute.
        await using var s = await Scenario.StartAsync(
            b => b.Configure(o => (o.MonitorInterval, o.ProbeTimeout) = (TimeSpan.FromMinutes(1), TimeSpan.FromMinutes(1))), eu: 2);
        await s.UntilOnlineAsync();
        await using var db = await s.Orders.OpenConnectionAsync();
        await using var command = db.CreateCommand();
        command.CommandText = "SELECT 1";
        await using var batch = db.CreateBatch();
        batch.BatchCommands.Add(new global::Npgsql.NpgsqlBatchCommand("SELECT 1"));
        await using var open = call == "commit" ? await db.BeginTransactionAsync() : null;
        s.Servers["eu-1"].Hang();
        using var caller = new CancellationTokenSource();
        var running = call switch
        {
            "command" => command.ExecuteNonQueryAsync(caller.Token),
            "reader" => command.ExecuteReaderAsync(caller.Token),
            "batch" => batch.ExecuteScalarAsync(caller.Token),
            // The driver sends BEGIN with the first command, so beginning alone waits for nothing.
            "transaction" => BeginAndRunAsync(),
            _ => open!.CommitAsync(caller.Token),
        };
        // The driver connects to the hung server from within Cancel, which is why nobody waits for that here.
        var version = s.Orders.Topology.Version;
        _ = caller.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => running.WaitAsync(TimeSpan.FromSeconds(8)));
        Assert.Equal(System.Data.ConnectionState.Closed, db.State);
        Assert.Equal(0, Explained.InFlight(s.Orders.Explain(RouteIntent.Write), "eu-1"));
        Assert.False(s.Node("eu-1").IsDoubted);
        Assert.Equal(version, s.Orders.Topology.Version);

        async Task BeginAndRunAsync()
        {
            await using var transaction = await db.BeginTransactionAsync();
            await command.ExecuteNonQueryAsync(caller.Token);
        }
    }

    [Fact]
    public async Task Open_MoreCallsWaitThanAllowed_RefusesTheRestAtOnce()
    {
        await using var s = await Scenario.StartAsync(b => b.Configure(o => o.MaxWaitingCalls = 3), eu: 2);
        await s.Servers["eu-1"].KillAsync();
        await s.UntilAsync("eu-1", NodeStatus.Unreachable);
        var waiting = Enumerable.Range(0, 3).Select(i => s.WriteAsync(i)).ToArray();

        var refusal = await Assert.ThrowsAsync<ClusterUnavailableException>(() => s.WriteAsync(9).WaitAsync(Scenario.Patience));
        Assert.Contains("MaxWaitingCalls", refusal.Message, StringComparison.Ordinal);

        await s.PromoteAsync("eu-2");
        Assert.All(await Task.WhenAll(waiting).WaitAsync(Scenario.Patience), node => Assert.Equal("eu-2", node));
    }
}
