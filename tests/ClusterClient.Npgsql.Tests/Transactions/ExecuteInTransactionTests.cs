using ClusterClient.Data;
using ClusterClient.Npgsql.Tests.Failover;
using ClusterClient.Resilience;
using ClusterClient.Testing;
using ClusterClient.Topology;
using Dapper;
using Npgsql;
using Xunit;
using IsolationLevel = System.Data.IsolationLevel;

namespace ClusterClient.Npgsql.Tests.Transactions;

/// <summary>Transactions that are run as a whole and again, on real servers that lose their place in the midst.</summary>
public sealed class ExecuteInTransactionTests
{
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task ExecuteInTransaction_PrimaryKilledInTheMidst_RunsAgainOnTheSuccessor(bool isAsync)
    {
        await using var scenario = await Scenario.StartAsync(eu: 2);
        await scenario.UntilOnlineAsync();

        Assert.Equal(["eu-1", "eu-2"], await TwiceAsync(scenario, isAsync, async () =>
        {
            await scenario.Servers["eu-1"].KillAsync();
            await scenario.PromoteAsync("eu-2");
        }));
        await AssertOnceAsync(scenario, "eu-2");
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task ExecuteInTransaction_PrimaryHangs_RunsAgainOnTheSuccessor(bool isAsync)
    {
        await using var scenario = await Scenario.StartAsync(b => b.Configure(o => o.HangDetection = HangDetection.Fast), eu: 2);
        await scenario.UntilOnlineAsync();

        Assert.Equal(["eu-1", "eu-2"], await TwiceAsync(scenario, isAsync, async () =>
        {
            scenario.Servers["eu-1"].Hang();
            await scenario.PromoteAsync("eu-2");
        }));
        await AssertOnceAsync(scenario, "eu-2");
    }

    /// <summary>The old primary lives, and would take the commit: it is not sent there.</summary>
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task ExecuteInTransaction_AnotherIsPromoted_RunsAgainThere(bool isAsync)
    {
        await using var scenario = await Scenario.StartAsync(eu: 2);
        await scenario.UntilOnlineAsync();

        Assert.Equal(["eu-1", "eu-2"], await TwiceAsync(scenario, isAsync, async () =>
        {
            await scenario.PromoteAsync("eu-2");
            await scenario.UntilAsync(t => t.Primary?.Endpoint.Name == "eu-2");
        }));
        await AssertOnceAsync(scenario, "eu-2");
        Assert.Equal("0", await scenario.CountOnAsync("eu-1", 1));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task ExecuteInTransaction_ConnectionReset_RunsAgain(bool isAsync)
    {
        await using var scenario = await Scenario.StartAsync(eu: 1);

        Assert.Equal(["eu-1", "eu-1"], await TwiceAsync(scenario, isAsync, () =>
        {
            scenario.Servers["eu-1"].Proxy.Reset();
            return Task.CompletedTask;
        }));
        await AssertOnceAsync(scenario, "eu-1");
    }

    [Fact]
    public async Task ExecuteInTransaction_PlannedSwitchover_NobodyMeetsAnError()
    {
        await using var scenario = await Scenario.StartAsync(b => b.Configure(o => o.Retry = new() { BudgetPerSecond = 1_000, MaxRetries = 10 }), eu: 2);
        await scenario.UntilOnlineAsync();
        using var over = new CancellationTokenSource();
        var (last, nodes) = (0, new HashSet<string>());
        var workers = Enumerable.Range(0, 4).Select(_ => Task.Run(async () =>
        {
            while (!over.IsCancellationRequested)
            {
                var id = Interlocked.Increment(ref last);
                var node = await scenario.Orders.ExecuteInTransactionAsync(async (db, _) =>
                {
                    await Scenario.InsertAsync(db, id);
                    await Scenario.InsertAsync(db, id + 1_000_000);
                    return db.NodeName!;
                });
                lock (nodes)
                {
                    nodes.Add(node);
                }
            }
        })).ToArray();
        await Eventually.TrueAsync(() => last > 20, Scenario.Patience);

        await scenario.Servers["eu-1"].StopAsync(PostgresShutdown.Fast);
        await scenario.PromoteAsync("eu-2");

        await Eventually.TrueAsync(
            () =>
            {
                lock (nodes)
                {
                    return nodes.Count == 2 || workers.Any(w => w.IsFaulted);
                }
            },
            Scenario.Patience);
        await over.CancelAsync();
        await Task.WhenAll(workers).WaitAsync(Scenario.Patience);
        Assert.Equal($"{last * 2}", await scenario.Servers["eu-2"].ExecuteAsync("SELECT count(DISTINCT id) FROM t"));
        Assert.Equal($"{last * 2}", await scenario.Servers["eu-2"].ExecuteAsync("SELECT count(*) FROM t"));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task ExecuteInTransaction_OnReads_RunsReadOnly(bool hasReplica)
    {
        await using var scenario = await Scenario.StartAsync(eu: hasReplica ? 2 : 1);
        await scenario.UntilOnlineAsync();
        var attempts = 0;
        var (node, count) = await scenario.Orders.Reads.ForCaller("report").ExecuteInTransactionAsync(
            async (db, _) => (db.NodeName, await db.ExecuteScalarAsync<long>("SELECT count(*) FROM t")));
        Assert.Equal((hasReplica ? "eu-2" : "eu-1", 0), (node, count));

        var refusal = await Assert.ThrowsAsync<PostgresException>(() => scenario.Orders.Reads.ExecuteInTransactionAsync((db, _) =>
        {
            attempts++;
            return Scenario.InsertAsync(db, 1);
        }));
        Assert.Equal(PostgresErrorCodes.ReadOnlySqlTransaction, refusal.SqlState);
        Assert.InRange(attempts, 1, 4);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task ExecuteInTransaction_Succeeds_AsSetAndGivesTheConnectionBack(bool isAsync)
    {
        await using var scenario = await Scenario.StartAsync(eu: 1);
        var settings = new TransactionSettings { IsolationLevel = IsolationLevel.RepeatableRead, Timeout = TimeSpan.FromSeconds(20), Label = "order 1" };
        for (var id = 0; id < 3; id++)
        {
            var level = isAsync
                ? await scenario.Orders.ExecuteInTransactionAsync(
                    async (db, _) =>
                    {
                        await db.ExecuteAsync("INSERT INTO t VALUES (@id, 'dapper')", new { id });
                        return await db.ExecuteScalarAsync<string>("SHOW transaction_isolation");
                    },
                    settings)
                : scenario.Orders.ExecuteInTransaction(
                    db =>
                    {
                        db.Execute("INSERT INTO t VALUES (@id, 'dapper')", new { id });
                        return db.ExecuteScalar<string>("SHOW transaction_isolation");
                    },
                    settings);
            Assert.Equal("repeatable read", level);
        }

        Assert.Equal("3", await scenario.Servers["eu-1"].ExecuteAsync("SELECT count(*) FROM t"));
        await AssertIdleAsync(scenario);
    }

    /// <summary>An inner one is a transaction of its own: it stays when the outer one is rolled back.</summary>
    [Fact]
    public async Task ExecuteInTransaction_InsideOfAnother_IsIndependent()
    {
        await using var scenario = await Scenario.StartAsync(eu: 1);
        await Assert.ThrowsAsync<FormatException>(() => scenario.Orders.ExecuteInTransactionAsync(async (outer, ct) =>
        {
            await Scenario.InsertAsync(outer, 1);
            await scenario.Orders.ExecuteInTransactionAsync((inner, _) => Scenario.InsertAsync(inner, 2), cancellationToken: ct);
            throw new FormatException();
        }));
        Assert.Equal("0", await scenario.CountOnAsync("eu-1", 1));
        Assert.Equal("1", await scenario.CountOnAsync("eu-1", 2));
        await AssertIdleAsync(scenario);
    }

    [Fact]
    public async Task ExecuteInTransaction_DataSourceIsDisposed_IsRefused()
    {
        var scenario = await Scenario.StartAsync(eu: 1);
        await scenario.Orders.DisposeAsync();
        await Assert.ThrowsAsync<ObjectDisposedException>(() => scenario.Orders.ExecuteInTransactionAsync((_, _) => Task.CompletedTask));
        Assert.Throws<ObjectDisposedException>(() => scenario.Orders.ExecuteInTransaction(_ => 1));
        await scenario.DisposeAsync();
    }

    /// <summary>No session is left in a transaction; one whose connection was cut hears of it a little later.</summary>
    internal static Task AssertIdleAsync(Scenario scenario) => Eventually.TrueAsync(
        async () => await scenario.Servers.Primary.ExecuteAsync(
            "SELECT count(*) FROM pg_stat_activity WHERE usename = 'app' AND (state = 'active' OR state LIKE 'idle in%')") == "0",
        Scenario.Patience);

    private static async Task AssertOnceAsync(Scenario scenario, string node)
    {
        Assert.Equal("1", await scenario.CountOnAsync(node, 1));
        Assert.Equal("1", await scenario.CountOnAsync(node, 2));
    }

    /// <summary>Two rows, with something in between at the first attempt; which nodes it was run on.</summary>
    private static async Task<List<string>> TwiceAsync(Scenario scenario, bool isAsync, Func<Task> between)
    {
        List<string> nodes = [];
        await scenario.Servers.WaitForReplicationAsync();
        if (isAsync)
        {
            await scenario.Orders.ExecuteInTransactionAsync(async (db, attempt, _) =>
            {
                nodes.Add(db.NodeName!);
                await Scenario.InsertAsync(db, 1);
                if (attempt.Number == 1)
                {
                    await between();
                }

                await Scenario.InsertAsync(db, 2);
            }).WaitAsync(Scenario.Patience);
        }
        else
        {
            await Task.Factory.StartNew(
                () => scenario.Orders.ExecuteInTransaction((db, attempt) =>
                {
                    nodes.Add(db.NodeName!);
                    db.Execute("INSERT INTO t VALUES (1, 'x')");
                    if (attempt.Number == 1)
                    {
                        between().Wait();
                    }

                    db.Execute("INSERT INTO t VALUES (2, 'x')");
                }),
                CancellationToken.None,
                TaskCreationOptions.LongRunning,
                TaskScheduler.Default).WaitAsync(Scenario.Patience);
        }

        return nodes;
    }
}
