using ClusterClient.Data;
using ClusterClient.Npgsql.Tests.Failover;
using ClusterClient.Routing;
using ClusterClient.Topology;

namespace ClusterClient.Npgsql.Tests.Auto;

/// <summary>What a connection wrote, it reads, wherever that is; and it reads from replicas again as soon as they have it.</summary>
public sealed class ReadYourWritesTests
{
    [Fact]
    public async Task Read_AfterEachOfManyWrites_NeverMissesOneAndReachesReplicasAgain()
    {
        await using var s = await Scenario.StartAsync();
        await s.UntilOnlineAsync();
        var onReplicas = 0;
        await using var db = await s.Orders.Auto.OpenConnectionAsync();
        for (var id = 0; id < 300; id++)
        {
            await WriteAsync(db, id, inTransaction: id % 3 == 0);
            for (var i = 0; i < 1 + (id % 10); i++)
            {
                Assert.Equal(id, await NewestAsync(db));
                onReplicas += db.NodeName == "eu-1" ? 0 : 1;
            }

            if (id % 50 == 0)
            {
                await Eventually.TrueAsync(
                    async () =>
                    {
                        Assert.Equal(id, await NewestAsync(db));
                        return db.NodeName != "eu-1";
                    },
                    Scenario.Patience);
            }
        }

        Assert.True(onReplicas > 0, "No read found a replica that had caught up.");
    }

    [Fact]
    public async Task Read_ReplicaThatDoesNotReplay_IsLeftOutUntilItDoes()
    {
        await using var s = await Scenario.StartAsync(eu: 2);
        await s.UntilOnlineAsync();
        await using var db = await s.Orders.Auto.OpenConnectionAsync();
        await WriteAsync(db, 0, inTransaction: false);
        await UntilOnReplicaAsync(db, 0);
        await s.Servers["eu-2"].PauseReplayAsync();
        for (var id = 1; id < 40; id++)
        {
            await WriteAsync(db, id, inTransaction: id % 2 == 0);
            Assert.Equal(id, await NewestAsync(db));
            Assert.Equal("eu-1", db.NodeName);
            if (id % 8 == 0)
            {
                await db.CloseAsync();
                await db.OpenAsync();
            }
        }

        // One that wrote nothing has nothing to miss.
        await using (var other = await s.Orders.Auto.OpenConnectionAsync())
        {
            Assert.Equal(0, await NewestAsync(other));
        }

        await s.Servers["eu-2"].ResumeReplayAsync();
        await UntilOnReplicaAsync(db, 39);
    }

    [Fact]
    public async Task Read_SeveralWritersAndFailover_NeverMissesAnAcknowledgedWriteThatIsLeft()
    {
        await using var s = await Scenario.StartAsync();
        await s.UntilOnlineAsync();
        await s.Servers["eu-1"].ExecuteAsync("ALTER SYSTEM SET synchronous_standby_names = 'FIRST 1 (\"eu-2\")'");
        await s.Servers["eu-1"].ExecuteAsync("SELECT pg_reload_conf()");
        await s.Servers["eu-1"].ExecuteAsync("SELECT pg_sleep(0.2)");
        using var stop = new CancellationTokenSource(Scenario.Patience);
        var (before, after, onReplicas) = (0, 0, 0);
        var promoted = false;
        var writers = Enumerable.Range(1, 4).Select(w => Task.Run(async () =>
        {
            await using var db = await s.Orders.Auto.OpenConnectionAsync();
            for (var id = w * 1_000_000; !stop.IsCancellationRequested && Volatile.Read(ref after) < 400; id++)
            {
                try
                {
                    await WriteAsync(db, id, inTransaction: id % 5 == 0);
                }
                catch (Exception e) when (CallFault.Of(e) is not null)
                {
                    continue;
                }

                for (var i = 0; i < 4; i++)
                {
                    Assert.True(await HasAsync(db, id), $"{id} was written and is not on {db.NodeName}");
                    Interlocked.Add(ref onReplicas, db.NodeName == s.Orders.Topology.Primary?.Endpoint.Name ? 0 : 1);
                }

                Interlocked.Increment(ref Volatile.Read(ref promoted) ? ref after : ref before);
            }
        })).ToArray();
        await Eventually.TrueAsync(() => Volatile.Read(ref before) > 200, Scenario.Patience);
        await s.Servers["eu-1"].KillAsync();
        await s.Servers["eu-2"].ExecuteAsync("ALTER SYSTEM SET synchronous_standby_names = ''");
        await s.PromoteAsync("eu-2", "eu-3");
        await s.UntilAsync(t => t.Primary?.Endpoint.Name == "eu-2");
        Volatile.Write(ref promoted, true);
        await Task.WhenAll(writers).WaitAsync(Scenario.Patience);
        Assert.True(after >= 400, $"Only {after} rounds after the failover.");
        Assert.True(onReplicas > 0);
        await using var last = await s.Orders.Auto.OpenConnectionAsync();
        await WriteAsync(last, 1, inTransaction: false);
        await Eventually.TrueAsync(async () => await HasAsync(last, 1) && last.NodeName == "eu-3", Scenario.Patience);
    }

    [Fact]
    public async Task Explain_Auto_TellsBoth()
    {
        await using var s = await Scenario.StartAsync(eu: 2);
        await s.UntilOnlineAsync();
        var text = s.Orders.Explain(RouteIntent.Auto);
        Assert.Contains("write from eu -> eu-1", text, StringComparison.Ordinal);
        Assert.Contains("read from eu -> eu-2", text, StringComparison.Ordinal);
        Assert.Equal(NodeRole.Primary, s.Orders.Auto.Assess().Single(a => a.IsChosen).Node.Role);
    }

    private static Task UntilOnReplicaAsync(ClusterConnection db, int id) => Eventually.TrueAsync(
        async () =>
        {
            Assert.Equal(id, await NewestAsync(db));
            return db.NodeName == "eu-2";
        },
        Scenario.Patience);

    private static async Task WriteAsync(ClusterConnection db, int id, bool inTransaction)
    {
        if (!inTransaction)
        {
            await Scenario.InsertAsync(db, id);
            return;
        }

        await using var transaction = await db.BeginTransactionAsync();
        await Scenario.InsertAsync(db, id);
        await transaction.CommitAsync();
    }

    private static async Task<int> NewestAsync(ClusterConnection db)
    {
        await using var command = db.CreateCommand();
        (command.Intent, command.CommandText) = (RouteIntent.Read, "SELECT max(id) FROM t");
        return (int)(await command.ExecuteScalarAsync())!;
    }

    private static async Task<bool> HasAsync(ClusterConnection db, int id)
    {
        await using var command = db.CreateCommand();
        (command.Intent, command.CommandText) = (RouteIntent.Read, $"SELECT count(*) FROM t WHERE id = {id}");
        return (long)(await command.ExecuteScalarAsync())! == 1;
    }
}
