using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using ClusterClient.Consistency;
using ClusterClient.Data;
using ClusterClient.Diagnostics;
using ClusterClient.Tests.Fakes;
using ClusterClient.Topology;
using Microsoft.Extensions.Logging;

namespace ClusterClient.Tests.Data;

/// <summary>
/// A cluster whose commits and failovers the test tells one by one, and what comes of them. Everything takes a millisecond; what is told is
/// judged when the test says so, or at the end.
/// </summary>
internal sealed class LossScript : IAsyncDisposable
{
    private readonly ConcurrentQueue<TopologyEvent> _events = [];
    private readonly MeterListener _listener = new();
    // Other tests' numbers come to every listener as well.
    private readonly string _name = $"orders {Guid.NewGuid()}";
    private readonly ClusterMeter _meter;
    private readonly LossWatch _watch;
    private readonly Task _telling;

    public LossScript(FakeCommits? commits = null, ILogger? logger = null)
    {
        logger ??= Logger;
        _meter = new(_name);
        Cluster = new(3, onEvent: _events.Enqueue, logger: logger, commits: commits);
        var clock = Cluster.Opener.Clock;
        var inquiry = new LossInquiry("orders", Cluster.Nodes, commits, clock, Cluster.Clock, logger);
        _watch = new("orders", Cluster.Ledger, inquiry, Cluster.Monitor, Cluster.Teller, _meter, clock, Cluster.Clock, logger);
        _telling = Cluster.Teller.RunAsync(Cluster.Monitor.Current, default);
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (instrument.Meter.Name == ClusterMeter.Name)
            {
                listener.EnableMeasurementEvents(instrument);
            }
        };
        _listener.SetMeasurementEventCallback<long>((_, count, tags, _) =>
        {
            if (Equals(tags[0].Value, _name))
            {
                Counted.Add($"{tags[1].Value} {count}");
            }
        });
        _listener.Start();
    }

    public FakeCluster Cluster { get; }

    public ListLogger Logger { get; } = new();

    /// <summary>What the counter was told.</summary>
    public List<string> Counted { get; } = [];

    public IReadOnlyList<LossReport> Reports => [.. _events.Where(e => e.Kind == TopologyEventKind.WritesLost).Select(e => e.Loss!)];

    public IReadOnlyList<string> Messages => [.. _events.Where(e => e.Kind == TopologyEventKind.WritesLost).Select(e => e.Message)];

    /// <summary>Looks end like that, one after the other.</summary>
    public LossScript Sees(params string[] rounds)
    {
        foreach (var round in rounds)
        {
            Cluster.Sees(round);
            Cluster.Ledger.Follow(Cluster.Monitor.Current);
        }

        return this;
    }

    /// <summary>The primary acknowledges a transaction, and time passes.</summary>
    public LossScript Commits(string label, string? id = null, ulong at = 0, Guid? marker = null, int? node = null)
    {
        Cluster.Clock.Advance(TimeSpan.FromMilliseconds(1));
        var sentTo = node is { } index ? Cluster.Monitor.Current.Nodes[index] : Cluster.Monitor.Current.Primary!;
        var mark = id is null ? null : new TransactionMark(id, new(at), "the old primary's") { Epoch = sentTo.Epoch, Node = sentTo.Endpoint.Name };
        Cluster.Ledger.Acknowledged(sentTo, mark, marker, label, hasWritten: true);
        return this;
    }

    /// <summary>The primary acknowledges a command outside of a transaction.</summary>
    public async Task<LossScript> ExecutesAsync(string text, int times = 1)
    {
        await using var connection = await Cluster.Writes.OpenConnectionAsync();
        await using var command = connection.CreateCommand();
        command.CommandText = text;
        for (var i = 0; i < times; i++)
        {
            Cluster.Clock.Advance(TimeSpan.FromMilliseconds(1));
            await command.ExecuteNonQueryAsync();
        }

        return this;
    }

    /// <summary>Runs the loop that judges by itself.</summary>
    public Task RunAsync(CancellationToken stop) => _watch.RunAsync(Cluster.Monitor.Current, stop);

    public Task JudgeAsync() => _watch.JudgeAsync(default);

    /// <summary>Judges what there is, and returns when all of it was told.</summary>
    public async Task<IReadOnlyList<LossReport>> EndAsync()
    {
        await JudgeAsync();
        await Cluster.Monitor.DisposeAsync();
        await _telling.Soon();
        return Reports;
    }

    /// <summary>The same in a line: the lost, and after a bar the doubtful ones with the count of writes.</summary>
    public async Task<string> ToldAsync() => string.Join(" & ", (await EndAsync()).Select(r =>
        $"{r.FromEpoch}>{r.ToEpoch}: {string.Join(' ', r.Lost)} | {string.Join(' ', r.DoubtfulCommits.Select(c => $"{c}").Append($"+{r.DoubtfulWrites}"))}"));

    public async ValueTask DisposeAsync()
    {
        await Cluster.DisposeAsync();
        _listener.Dispose();
        _meter.Dispose();
    }
}
