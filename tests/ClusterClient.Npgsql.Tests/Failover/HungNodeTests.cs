using ClusterClient.Consistency;
using ClusterClient.Data;
using ClusterClient.Resilience;
using ClusterClient.Testing;
using ClusterClient.Topology;
using Npgsql;

namespace ClusterClient.Npgsql.Tests.Failover;

/// <summary>A server that is stopped, or that the network cut off without a word.</summary>
public sealed class HungNodeTests
{
    /// <summary>Longer than noticing takes on the busiest machine, and shorter than the driver's own timeouts.</summary>
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(12);

    public enum Fault
    {
        Stopped,
        Dropped,
        HalfOpen,
    }

    [Theory]
    [InlineData(Fault.Stopped, HangDetection.Standard)]
    [InlineData(Fault.Stopped, HangDetection.Fast)]
    [InlineData(Fault.Dropped, HangDetection.Standard)]
    [InlineData(Fault.HalfOpen, HangDetection.Standard)]
    public async Task Calls_ReplicasHang_AreAllReleasedAndNobodyElseIsDelayed(Fault fault, HangDetection detection)
    {
        // Without retries: what is released is what is looked at, not what becomes of it elsewhere.
        await using var s = await Scenario.StartAsync(b => b.Configure(o => (o.HangDetection, o.Retry) = (detection, RetryPolicy.None)));
        await s.UntilOnlineAsync();
        await using var calls = await CallsInFlight.StartAsync(s);
        Strike(s.Servers["eu-2"], fault);
        Strike(s.Servers["eu-3"], fault);
        calls.Strike();

        // Both look well still: these hang while they connect, until the silence is noticed.
        var reads = Enumerable.Range(0, 4).Select(async _ => NodeOf(await s.Orders.Reads.OpenConnectionAsync())).ToList();
        reads.AddRange(Enumerable.Range(0, 4).Select(_ => Task.Factory.StartNew(
            () => NodeOf(s.Orders.Reads.OpenConnection()), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default)));
        for (var i = 0; i < 5; i++)
        {
            Assert.Equal("eu-1", await s.WriteAsync(i).WaitAsync(Soon));
            Assert.Equal("eu-1", NodeOf(await Task.Run(s.Orders.OpenConnection).WaitAsync(Soon)));
        }

        Assert.All(await Task.WhenAll(reads).WaitAsync(Soon), node => Assert.Equal("eu-1", node));
        foreach (var (name, call) in calls.Running)
        {
            var e = await Assert.ThrowsAnyAsync<Exception>(() => call.WaitAsync(Soon));
            Assert.True(call.IsCompleted, $"still runs: {name}");
            Assert.True(NpgsqlFaults.Classify(e).Kind is FaultKind.ConnectionLost or FaultKind.Timeout, $"{name}: {e}");
        }
    }

    [Fact]
    public async Task Command_PrimaryHangs_IsReleasedAndThePrimaryIsGone()
    {
        await using var s = await Scenario.StartAsync(eu: 2);
        await using var db = await s.Orders.OpenConnectionAsync();
        await using var sleep = Sleep(db);
        var running = sleep.ExecuteNonQueryAsync();
        await s.UntilRunningAsync("eu-1", "pg_sleep");
        s.Servers["eu-1"].Hang();

        await Assert.ThrowsAsync<NpgsqlException>(() => running.WaitAsync(Soon));
        await s.UntilEventAsync(TopologyEventKind.PrimaryLost);
    }

    [Theory]
    [InlineData(true, false)]
    [InlineData(false, false)]
    [InlineData(true, true)]
    [InlineData(false, true)]
    public async Task Call_TimeoutRunsOutOnAHungServer_EndsWithoutTellingThatServer(bool async, bool batch)
    {
        // The monitor would notice it in a minute, and the driver waits for twice its Timeout on top of the command's.
        await using var s = await Scenario.StartAsync(
            b => b.Configure(o => (o.MonitorInterval, o.ProbeTimeout) = (TimeSpan.FromMinutes(1), TimeSpan.FromMinutes(1))), eu: 2);
        await s.UntilOnlineAsync();
        await using var db = await s.Orders.OpenConnectionAsync();
        s.Servers["eu-1"].Hang();

        var e = await Assert.ThrowsAsync<NpgsqlException>(() => SleepOneSecondAsync(db, async, batch).WaitAsync(Soon));

        Assert.Equal(FaultKind.Timeout, NpgsqlFaults.Classify(e).Kind);
        Assert.True(e.IsTransient);
    }

    [Theory]
    [InlineData(true, false)]
    [InlineData(false, false)]
    [InlineData(true, true)]
    [InlineData(false, true)]
    public async Task Call_TimeoutRunsOutOnAHealthyServer_EndsAsTheDriverEndsItAndTheConnectionStays(bool async, bool batch)
    {
        await using var s = await Scenario.StartAsync(eu: 2);
        await s.UntilOnlineAsync();
        await using var db = await s.Orders.OpenConnectionAsync();

        var e = await Assert.ThrowsAsync<NpgsqlException>(() => SleepOneSecondAsync(db, async, batch).WaitAsync(Soon));

        Assert.IsType<TimeoutException>(e.InnerException);
        Assert.Equal(FaultKind.Timeout, NpgsqlFaults.Classify(e).Kind);
        Assert.Equal(System.Data.ConnectionState.Open, db.State);
        await Scenario.InsertAsync(db, 1);
        Assert.Equal("0", await s.Servers["eu-1"].ExecuteAsync(
            "SELECT count(*) FROM pg_stat_activity WHERE usename = 'app' AND state = 'active' AND query LIKE '%pg_sleep%'"));
    }

    [Theory]
    [InlineData("command")]
    [InlineData("commit")]
    [InlineData("idle")]
    public async Task Call_DriverCannotEndConnections_IsAbandonedWhenTheServerHangs(string call)
    {
        // What became of the commit would be asked for until there is a primary again.
        await using var s = await Scenario.StartAsync(
            b => b.Configure(o => o.CommitResolution = CommitResolution.Off), eu: 2, driver: c => new NpgsqlDriver(c, configure: null) { MayAbort = false });
        await s.UntilOnlineAsync();
        await using var db = await s.Orders.OpenConnectionAsync();
        await using var command = Sleep(db);
        await using var transaction = call == "commit" ? await db.BeginTransactionAsync() : null;
        if (transaction is not null)
        {
            command.CommandText = "INSERT INTO t VALUES (1, 'x')";
            command.Transaction = transaction;
            await command.ExecuteNonQueryAsync();
        }

        var running = call == "command" ? command.ExecuteNonQueryAsync() : null;
        s.Servers["eu-1"].Hang();
        if (call == "idle")
        {
            // Nothing ran on it when the silence was noticed; what begins then must not hang either.
            await s.UntilAsync("eu-1", NodeStatus.Silent);
        }

        var silent = await Assert.ThrowsAsync<NodeSilentException>(
            () => (running ?? transaction?.CommitAsync() ?? command.ExecuteNonQueryAsync()).WaitAsync(Soon));

        Assert.True(silent.IsTransient);
        Assert.Equal("eu-1", silent.Node.Endpoint.Name);
        Assert.Equal(System.Data.ConnectionState.Closed, db.State);
        Assert.Equal(0, Explained.InFlight(s.Orders.Explain(ClusterClient.Routing.RouteIntent.Write), "eu-1"));
    }

    [Fact]
    public async Task Open_EveryNodeRefusesTheLogin_IsRefusedAtOnceWithTheServersWords()
    {
        await using var servers = await LocalPostgres.StartAsync(g => g.Region("eu", 2));
        var builder = new ClusterDataSourceBuilder("orders").UseNpgsql(servers.ConnectionString + ";Username=stranger");
        foreach (var node in servers.Nodes)
        {
            builder.AddNode(node.Endpoint, node.Region, name: node.Name);
        }

        await using var orders = builder.Build();

        var refusal = await Assert.ThrowsAsync<ClusterClient.Routing.ClusterUnavailableException>(
            () => orders.OpenConnectionAsync().AsTask().WaitAsync(Soon));
        Assert.Equal(PostgresErrorCodes.InvalidAuthorizationSpecification, Assert.IsType<PostgresException>(refusal.InnerException).SqlState);
        Assert.Contains("refuses the login", refusal.Message, StringComparison.Ordinal);
        Assert.Throws<ClusterClient.Routing.ClusterUnavailableException>(orders.OpenConnection);
        await Assert.ThrowsAsync<ClusterClient.Routing.ClusterUnavailableException>(() => orders.WaitUntilReadyAsync().WaitAsync(Soon));
    }

    [Fact]
    public async Task Open_NoSuchDatabase_IsTheServersExceptionAndWorksOnceItIsThere()
    {
        await using var servers = await LocalPostgres.StartAsync(g => g.Region("eu", 2));
        var builder = new ClusterDataSourceBuilder("orders").UseNpgsql(servers.ConnectionString + ";Database=later");
        foreach (var node in servers.Nodes)
        {
            builder.AddNode(node.Endpoint, node.Region, name: node.Name);
        }

        await using var orders = builder.Build();
        var refusal = await Assert.ThrowsAsync<PostgresException>(() => orders.OpenConnectionAsync().AsTask().WaitAsync(Soon));
        Assert.Equal(PostgresErrorCodes.InvalidCatalogName, refusal.SqlState);
        Assert.Equal("eu-1", CallFault.Of(refusal)!.Node);

        await servers.Primary.ExecuteAsync("create database later owner app");
        await using var db = await orders.OpenConnectionAsync().AsTask().WaitAsync(Soon);
        Assert.Equal("eu-1", db.NodeName);
    }

    [Fact]
    public async Task Read_OneReplicaHangs_GoesOnWithTheOther()
    {
        await using var s = await Scenario.StartAsync();
        s.Servers["eu-2"].Hang();
        await s.UntilAsync("eu-2", NodeStatus.Silent);

        for (var i = 0; i < 20; i++)
        {
            Assert.Equal("eu-3", await s.ReadAsync());
        }

        s.Servers["eu-2"].Resume();
        await s.UntilOnlineAsync();
        // It gets a tenth of the reads at first.
        await Eventually.TrueAsync(async () => await s.ReadAsync() == "eu-2", Scenario.Patience);
    }

    [Fact]
    public async Task Open_InProgressWhenTheNodeHangs_GoesToAnother()
    {
        await using var s = await Scenario.StartAsync();
        foreach (var replica in new[] { "eu-2", "eu-3" })
        {
            s.Servers[replica].Proxy.Drop();
        }

        // Both replicas look well still; the opens hang in them, until their silence is noticed.
        var reads = Enumerable.Range(0, 4).Select(_ => s.ReadAsync()).ToArray();

        Assert.All(await Task.WhenAll(reads).WaitAsync(Scenario.Patience), node => Assert.Equal("eu-1", node));
    }

    private static void Strike(PostgresNode node, Fault fault)
    {
        switch (fault)
        {
            case Fault.Stopped:
                node.Hang();
                break;
            case Fault.Dropped:
                node.Proxy.Drop();
                break;
            default:
                node.Proxy.CutHalfOpen();
                break;
        }
    }

    private static string NodeOf(ClusterConnection db)
    {
        using (db)
        {
            return db.NodeName!;
        }
    }

    private static ClusterCommand Sleep(ClusterConnection db)
    {
        var sleep = db.CreateCommand();
        sleep.CommandText = "SELECT pg_sleep(600)";
        return sleep;
    }

    private static async Task SleepOneSecondAsync(ClusterConnection db, bool async, bool inBatch)
    {
        await using var batch = db.CreateBatch();
        batch.BatchCommands.Add(new NpgsqlBatchCommand("SELECT pg_sleep(600)"));
        batch.Timeout = 1;
        await using var command = Sleep(db);
        command.CommandTimeout = 1;
        var running = (async, inBatch) switch
        {
            (true, false) => command.ExecuteNonQueryAsync(),
            (true, true) => batch.ExecuteScalarAsync(),
            (false, false) => CallsInFlight.Blocking(() => command.ExecuteReader()),
            _ => CallsInFlight.Blocking(() => batch.ExecuteNonQuery()),
        };
        try
        {
            await running;
        }
        finally
        {
            Assert.Equal((1, 1), (command.CommandTimeout, batch.Timeout));
        }
    }
}
