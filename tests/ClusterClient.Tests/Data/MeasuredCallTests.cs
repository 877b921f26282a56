using ClusterClient.Data;
using ClusterClient.Health;
using ClusterClient.Resilience;
using ClusterClient.Tests.Fakes;

namespace ClusterClient.Tests.Data;

/// <summary>What a node's health learns from calls, each counted once; the monitor's round trip to every node is 1 ms.</summary>
public sealed class MeasuredCallTests
{
    [Theory]
    [ClassData(typeof(CallKinds))]
    public async Task Call_Answered_IsOneSampleNetOfTheNetwork(string kind)
    {
        foreach (var (token, atOnce) in new[] { (default(CancellationToken), true), (default, false), (new CancellationTokenSource().Token, false) })
        {
            await using var cluster = new FakeCluster(1).Sees("P1@9");
            await using var connection = await cluster.Writes.OpenConnectionAsync();
            Assert.False(Load(cluster).IsKnown);
            var duringIt = 0;
            foreach (var (latency, service) in new[] { (5, 4_000), (9, 6_000), (7, 6_000) })
            {
                cluster.Servers[0].OnExecute = () => Served(atOnce, () =>
                {
                    duringIt = cluster.Nodes[0].State.InFlight;
                    cluster.Clock.Advance(TimeSpan.FromMilliseconds(latency));
                });
                await CallKinds.Run(kind, connection, token).Soon();
                Assert.Equal(1, duringIt);
                Assert.Equal(service, Load(cluster).Service, 5f);
                Assert.Equal((0, 0f), (Load(cluster).InFlight, Load(cluster).Age));
            }
        }
    }

    [Theory]
    [InlineData(FaultKind.ConnectionLost, true)]
    [InlineData(FaultKind.ShuttingDown, true)]
    [InlineData(FaultKind.Timeout, true)]
    [InlineData(FaultKind.Overloaded, true)]
    [InlineData(FaultKind.Statement, false)]
    [InlineData(FaultKind.ReadOnly, false)]
    [InlineData(FaultKind.Rejected, false)]
    [InlineData(FaultKind.PoolExhausted, false)]
    [InlineData(FaultKind.CallerCancelled, false)]
    public async Task Call_Faulted_IsOnePenalisedSampleOrNone(FaultKind fault, bool blamesNode)
    {
        foreach (var kind in CallKinds.Names)
        {
            foreach (var (token, atOnce) in new[] { (default(CancellationToken), true), (default, false), (new CancellationTokenSource().Token, false) })
            {
                await using var cluster = new FakeCluster(1).Sees("P1@9");
                await using var connection = await cluster.Writes.OpenConnectionAsync();
                cluster.Servers[0].OnExecute = () => Served(atOnce, () =>
                {
                    cluster.Clock.Advance(TimeSpan.FromMilliseconds(3));
                    throw new FakeFault(fault);
                });
                await Assert.ThrowsAsync<FakeFault>(async () => await CallKinds.Run(kind, connection, token).Soon());
                Assert.Equal(blamesNode ? 1_002_000 : 0, Load(cluster).Service, 5f);
                Assert.Equal((0, 0f), (Load(cluster).InFlight, Load(cluster).Age));
            }
        }
    }

    [Theory]
    [ClassData(typeof(CallKinds))]
    public async Task Call_NotSent_CountsNothing(string kind)
    {
        await using var cluster = new FakeCluster(2).Sees("P1@9 R1@9");
        var connection = cluster.Writes.CreateConnection();
        await Assert.ThrowsAnyAsync<InvalidOperationException>(async () => await CallKinds.Run(kind, connection));
        await connection.OpenAsync();
        cluster.Sees(". P2@9/9");
        await Assert.ThrowsAsync<NodeFencedException>(async () => await CallKinds.Run(kind, connection));
        await connection.CloseAsync();
        await Assert.ThrowsAnyAsync<InvalidOperationException>(async () => await CallKinds.Run(kind, connection));
        Assert.Equal("0 0", cluster.InFlight);
        Assert.False(Load(cluster).IsKnown);
    }

    [Fact]
    public async Task Call_Abandoned_EndsOnceAndTeachesNothing()
    {
        await using var cluster = new FakeCluster(1).Sees("P1@9");
        await using var connection = await cluster.Writes.OpenConnectionAsync();
        var answer = new TaskCompletionSource();
        cluster.Servers[0].OnExecute = () => answer.Task;
        using var caller = new CancellationTokenSource();
        var running = connection.CreateCommand().ExecuteNonQueryAsync(caller.Token);
        Assert.Equal("1", cluster.InFlight);
        await caller.CancelAsync();
        await Until.TrueAsync(cluster.Clock, TimeSpan.FromMilliseconds(10), TimeSpan.FromSeconds(2), () => running.IsCompleted);
        Assert.Equal("0", cluster.InFlight);
        answer.SetResult();
        await Until.TrueAsync(() => cluster.Servers[0].Connections.Single().IsDisposed);
        Assert.Equal(new NodeLoad(0, 0, 0, 0), Load(cluster));
        Assert.Equal(0, cluster.Nodes[0].State.Connections);
    }

    /// <summary>All at once, with all ends: whatever happens, everything that began ends once.</summary>
    [Fact]
    public async Task Calls_ManyAtOnce_LeaveNothingInFlight()
    {
        await using var cluster = new FakeCluster(3).Sees("P1@9 R1@9 R1@9");
        var count = 0;
        foreach (var server in cluster.Servers)
        {
            server.OnExecute = () =>
            {
                var number = Interlocked.Increment(ref count);
                return Served(number % 4 < 2, () =>
                {
                    if (number % 3 == 0)
                    {
                        throw new FakeFault(number % 2 == 0 ? FaultKind.Statement : FaultKind.Overloaded);
                    }
                });
            };
        }

        // The blocking ones on threads of their own: those of the pool are needed to answer them.
        await Task.WhenAll([
            .. Enumerable.Range(0, 4).Select(w => Task.Factory.StartNew(
                () => Work(w, k => !k.EndsWith("async", StringComparison.Ordinal)).GetAwaiter().GetResult(), TaskCreationOptions.LongRunning)),
            .. Enumerable.Range(0, 8).Select(w => Task.Run(() => Work(w, k => k.EndsWith("async", StringComparison.Ordinal)))),
        ]).Soon();
        Assert.True(count > 500);
        Assert.Equal("0 0 0", cluster.InFlight);
        Assert.All(cluster.Nodes, n => Assert.Equal((0, 0f), (n.State.Connections, n.State.Load(cluster.Opener.Clock.Now + 1_000_000, 0).Age)));

        async Task Work(int worker, Func<string, bool> mine)
        {
            var kinds = CallKinds.Names.Where(mine).ToArray();
            for (var i = worker; i < 60; i++)
            {
                using var caller = new CancellationTokenSource();
                await using var connection = (i % 2 == 0 ? cluster.Writes : cluster.Reads).OpenConnection();
                for (var call = 0; call < i % 4; call++)
                {
                    try
                    {
                        await CallKinds.Run(kinds[(i + call) % kinds.Length], connection, caller.Token);
                    }
                    catch (FakeFault)
                    {
                    }
                }
            }
        }
    }

    private static Task Served(bool atOnce, Action serve)
    {
        if (!atOnce)
        {
            return Task.Run(serve);
        }

        try
        {
            serve();
            return Task.CompletedTask;
        }
        catch (FakeFault fault)
        {
            return Task.FromException(fault);
        }
    }

    private static NodeLoad Load(FakeCluster cluster) => cluster.Nodes[0].State.Load(cluster.Opener.Clock.Now, 1_000);
}
