using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using ClusterClient.Consistency;
using ClusterClient.Data;
using ClusterClient.Npgsql.Tests.Failover;
using ClusterClient.Testing;
using ClusterClient.Topology;
using Microsoft.Extensions.Logging;

namespace ClusterClient.Npgsql.Tests.Transactions;

/// <summary>What is told of a failover that lost what had been acknowledged, on real servers that replicate asynchronously.</summary>
public sealed class LossReportTests
{
    // More than fits into the sockets between two servers, so that a replica that hangs does not find the rest there afterwards.
    private const string Much = "INSERT INTO t SELECT g, repeat('x', 1900) FROM generate_series(1, 20000) AS g";

    [Theory]
    [InlineData(CommitResolution.ByTransactionId)]
    [InlineData(CommitResolution.ByMarker)]
    public async Task Failover_ReplicasWereBehind_NamesWhatIsLostAndNothingElse(CommitResolution resolution)
    {
        using var count = new LossCount();
        var log = new KeptLog();
        await using var s = await Scenario.StartAsync(
            b => b.UseLoggerFactory(log).Configure(o => (o.CommitResolution, o.MonitorInterval) = (resolution, TimeSpan.FromSeconds(20))), name: count.Cluster);
        await s.Orders.CreateCommitMarkersAsync();
        await CommitAsync(s, "kept 1", Insert(1));
        await CommitAsync(s, "kept 2", Insert(2));
        // Whoever was never seen to follow may come from anywhere.
        await s.UntilOnlineAsync();
        await s.Servers.WaitForReplicationAsync();
        s.Servers["eu-2"].Hang();
        s.Servers["eu-3"].Hang();
        await CommitAsync(s, "much", Much);
        var before = DateTimeOffset.UtcNow;
        await CommitAsync(s, "gone 1", Insert(3));
        await CommitAsync(s, "gone 2", Insert(4));
        var after = DateTimeOffset.UtcNow;
        await s.Servers["eu-1"].KillAsync();
        s.Servers["eu-2"].Resume();
        s.Servers["eu-3"].Resume();
        await s.PromoteAsync("eu-2");
        await s.UntilEventAsync(TopologyEventKind.WritesLost);

        var happened = Assert.Single(s.Events, e => e.Kind == TopologyEventKind.WritesLost);
        var report = happened.Loss!;
        Assert.Equal(["much", "gone 1", "gone 2"], report.Lost.Select(c => c.Label));
        Assert.Empty(report.DoubtfulCommits);
        Assert.Equal("1 1 0 0", string.Join(' ', await Task.WhenAll(new[] { 1, 2, 3, 4 }.Select(i => s.Servers["eu-2"].ExecuteAsync(
            $"SELECT count(*) FROM t WHERE id = {i} AND note = 'once'")))));
        Assert.Equal((1, 2, "eu-2", false), (report.FromEpoch, report.ToEpoch, report.Successor, report.WasSynchronous));
        Assert.True(report.IsForkCertain);
        // Without an id the last look is all that is known of a commit's position, and that was long before.
        Assert.Equal(resolution == CommitResolution.ByTransactionId, report.ForkedAt < report.LastAcknowledged);
        Assert.All(report.Lost.Skip(1), c => Assert.InRange(c.AcknowledgedAt, before, after));
        Assert.All(report.Lost, c => Assert.Equal("eu-1", c.Node));
        Assert.Equal(resolution == CommitResolution.ByMarker, report.Lost.All(c => c.Marker is not null));
        Assert.Contains("are lost (much, gone 1, gone 2)", happened.Message, StringComparison.Ordinal);
        Assert.Contains($"Error 6: {count.Cluster}: {happened.Message}", log.Lines);
        Assert.Equal((3, 0), (count.Certain, count.Possible - report.DoubtfulWrites));
    }

    [Theory]
    [InlineData(CommitResolution.ByTransactionId)]
    [InlineData(CommitResolution.ByMarker)]
    public async Task Failover_ReplicasHadEverything_TellsNothing(CommitResolution resolution)
    {
        using var count = new LossCount();
        var log = new KeptLog();
        await using var s = await Scenario.StartAsync(
            // No look follows the commits, so that the new primary has to be asked.
            b => b.UseLoggerFactory(log).Configure(o => (o.CommitResolution, o.MonitorInterval) = (resolution, TimeSpan.FromSeconds(20))), name: count.Cluster,
            before: g => g.Primary.ExecuteAsync("CREATE TABLE clusterclient_commits (id uuid PRIMARY KEY, is_commit boolean NOT NULL); GRANT ALL ON clusterclient_commits TO app"));
        var beforeLast = 0L;
        for (var i = 0; i < 5; i++)
        {
            beforeLast = TimeProvider.System.GetTimestamp();
            await CommitAsync(s, $"order {i}", Insert(i));
        }

        await s.Servers.WaitForReplicationAsync();
        await s.Servers["eu-1"].KillAsync();
        await s.PromoteAsync("eu-2");
        await Eventually.TrueAsync(() => s.Orders.Topology.Primary?.Endpoint.Name == "eu-2", Scenario.Patience);

        // Fewer than five where a look came in between after all; and none has to be asked for where it came behind the last one.
        if (SeenAt(s, "eu-1") < beforeLast)
        {
            await Eventually.TrueAsync(
                () => log.Lines.Any(l => l.StartsWith($"Information 9: {count.Cluster}: eu-2 took over in epoch 2, and has the ", StringComparison.Ordinal)), Scenario.Patience);
        }

        Assert.DoesNotContain(s.Events, e => e.Kind == TopologyEventKind.WritesLost);
        Assert.Equal((0, 0), (count.Certain, count.Possible));
    }

    [Fact]
    public async Task Failover_OrdinaryWrites_AreCountedFromTheLastThatWasSeenReplicated()
    {
        using var count = new LossCount();
        await using var s = await Scenario.StartAsync(b => b.Configure(o => o.MonitorInterval = TimeSpan.FromMilliseconds(100)), name: count.Cluster);
        for (var i = 0; i < 7; i++)
        {
            await s.WriteAsync(i);
        }

        await LookedAtAsync(s);
        await s.Servers.WaitForReplicationAsync();
        s.Servers["eu-2"].Hang();
        s.Servers["eu-3"].Hang();
        await using (var db = await s.Orders.OpenConnectionAsync())
        {
            await using var write = db.CreateCommand();
            write.CommandText = Much;
            await write.ExecuteNonQueryAsync();
            write.CommandText = "SELECT count(*) FROM t";
            await write.ExecuteScalarAsync();
            await Scenario.InsertAsync(db, 7);
        }

        await s.Servers["eu-1"].KillAsync();
        s.Servers["eu-2"].Resume();
        s.Servers["eu-3"].Resume();
        await s.PromoteAsync("eu-2");
        await s.UntilEventAsync(TopologyEventKind.WritesLost);

        var report = Assert.Single(s.Events, e => e.Kind == TopologyEventKind.WritesLost).Loss!;
        Assert.Equal((0, 0, 2), (report.Lost.Length, report.DoubtfulCommits.Length, report.DoubtfulWrites));
        Assert.Equal((0, 2), (count.Certain, count.Possible));
    }

    [Fact]
    public async Task Failover_Synchronous_OrdinaryWritesRaiseNoAlarm()
    {
        using var count = new LossCount();
        var log = new KeptLog();
        await using var s = await Scenario.StartAsync(
            b => b.UseLoggerFactory(log).Configure(o => o.MonitorInterval = TimeSpan.FromSeconds(20)), eu: 2, name: count.Cluster,
            before: g => g.Primary.ConfigureAsync("synchronous_standby_names", "*"));
        var beforeLast = 0L;
        for (var i = 0; i < 3; i++)
        {
            beforeLast = TimeProvider.System.GetTimestamp();
            await s.WriteAsync(i);
        }

        await s.Servers["eu-1"].KillAsync();
        await s.PromoteAsync("eu-2");
        await Eventually.TrueAsync(() => s.Orders.Topology.Primary?.Endpoint.Name == "eu-2", Scenario.Patience);

        if (SeenAt(s, "eu-1") < beforeLast)
        {
            await Eventually.TrueAsync(
                () => log.Lines.Any(l => l.StartsWith("Information 7", StringComparison.Ordinal) && l.Contains(" of this process ", StringComparison.Ordinal)), Scenario.Patience);
        }

        Assert.DoesNotContain(s.Events, e => e.Kind == TopologyEventKind.WritesLost);
        Assert.Equal((0, 0), (count.Certain, count.Possible));
    }

    // When the last look began that the node answered: what had ended by then, it speaks for.
    private static long SeenAt(Scenario s, string node) => s.Orders.Topology.Nodes.Single(n => n.Endpoint.Name == node).SeenAt;

    private static string Insert(int id) => $"INSERT INTO t VALUES ({id}, 'once')";

    private static Task CommitAsync(Scenario s, string label, string statement) => s.Orders.ExecuteInTransactionAsync(
        async (db, ct) =>
        {
            await using var command = db.CreateCommand();
            command.CommandText = statement;
            await command.ExecuteNonQueryAsync(ct);
        },
        new TransactionSettings { Label = label });

    /// <summary>Waits until a look at the primary has ended that began after this was called.</summary>
    private static Task LookedAtAsync(Scenario s)
    {
        var now = TimeProvider.System.GetTimestamp();
        return Eventually.TrueAsync(() => s.Orders.Topology.Primary!.SeenAt > now, Scenario.Patience);
    }

    /// <summary>What the counter of a cluster of this test's own says.</summary>
    private sealed class LossCount : IDisposable
    {
        private readonly MeterListener _listener = new();
        private long _certain;
        private long _possible;

        public LossCount()
        {
            _listener.InstrumentPublished = (instrument, listener) =>
            {
                if (instrument is { Name: "clusterclient.commits.lost", Meter.Name: "ClusterClient" })
                {
                    listener.EnableMeasurementEvents(instrument);
                }
            };
            _listener.SetMeasurementEventCallback<long>((_, count, tags, _) =>
            {
                if (Equals(tags[0].Value, Cluster))
                {
                    Interlocked.Add(ref Equals(tags[1].Value, "certain") ? ref _certain : ref _possible, count);
                }
            });
            _listener.Start();
        }

        public string Cluster { get; } = $"orders {Guid.NewGuid():N}";

        public long Certain => Interlocked.Read(ref _certain);

        public long Possible => Interlocked.Read(ref _possible);

        public void Dispose() => _listener.Dispose();
    }

    /// <summary>A log that keeps its lines.</summary>
    private sealed class KeptLog : ILogger, ILoggerFactory
    {
        private readonly ConcurrentQueue<string> _lines = [];

        public string[] Lines => [.. _lines];

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            _lines.Enqueue($"{logLevel} {eventId.Id}: {formatter(state, exception)}");

        public ILogger CreateLogger(string categoryName) => this;

        public void AddProvider(ILoggerProvider provider) => throw new NotSupportedException();

        public void Dispose()
        {
        }
    }
}
