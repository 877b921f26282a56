using System.Collections.Immutable;
using ClusterClient.Consistency;
using ClusterClient.Data;
using ClusterClient.Diagnostics;
using ClusterClient.Health;
using ClusterClient.Health.Patterns;
using ClusterClient.Resilience;
using ClusterClient.Routing;
using ClusterClient.Topology;
using Microsoft.Extensions.Logging;

namespace ClusterClient;

// Puts the rooms together.
public sealed partial class ClusterDataSourceBuilder
{
    /// <summary>Builds the data source. No IO happens: monitoring starts on first use.</summary>
    /// <exception cref="InvalidOperationException">Something is missing or wrong; the message lists all of it.</exception>
    public ClusterDataSource Build()
    {
        List<SettingError> errors = [];
        var (driver, endpoints, policy) = Prepare(errors);
        if (errors.Count > 0)
        {
            throw new InvalidOperationException(
                $"The data source '{_name}' cannot be built:{string.Concat(errors.Select(e => $"{Environment.NewLine}- {e.Sentence}"))}");
        }

        var geography = new Geography(endpoints);
        var logger = _loggerFactory.CreateLogger("ClusterClient");
        var random = _random ?? new Random();
        var peers = endpoints.GroupBy(e => e.Region).ToDictionary(r => r.Key, r => new PeerState(isFleet: ScanOrder.Part(r.Count()) < r.Count()));
        ImmutableArray<ClusterNode> nodes = [.. endpoints.Select((e, i) => new ClusterNode(
            i, e, driver!.CreateNode(e), peers[e.Region], _options.Limits, new Random(random.Next())))];
        if (nodes.Any(n => !n.CanEnd))
        {
            Log.CannotAbort(logger, _name);
        }

        var settings = new MonitorSettings
        {
            Interval = _options.MonitorInterval,
            ProbeTimeout = _options.ProbeTimeout,
            IsLoginRefusal = e => driver!.Classify(e).Kind == FaultKind.Rejected,
        };
        var clock = new HealthClock(_time);
        var ledger = new CommitLedger([.. nodes.Select(n => n.State)], clock, _time);
        var monitor = new TopologyMonitor(endpoints, i => nodes[i].Driver.CreateProbe(), settings, _time, random, logger)
        {
            LookBegins = ledger.LookBegins,
            LookEnded = ledger.LookEnded,
        };
        var scope = new RouteScope
        {
            Caller = geography.Locate(_region, _zone),
            Here = geography.Locate(_region, _zone),
            CallerRegion = Spelling(_region),
        };
        var terms = Terms(geography, [.. _nodes.Select(n => n.Weight)], _options.ClientOrdinal ?? random.Next(), policy!);
        var selector = new NodeSelector(geography, terms, [.. nodes.Select(n => n.State)], _time);
        var limits = Limits(driver!) with
        {
            Resolution = driver!.Commits is { } commits && (commits.Mark is not null || _options.CommitResolution == CommitResolution.ByMarker)
                ? _options.CommitResolution : CommitResolution.Off,
            DetectionSeconds = (int)Math.Ceiling(settings.LongestSilence.TotalSeconds),
        };
        var meter = new ClusterMeter(_name, _meters, endpoints.Select(e => (e.Name, e.Region)));
        var cleanUp = new NodeCleanUp(_name, nodes, selector.Clock, logger) { Meter = meter };
        var teller = new EventTeller(_name, _onEvent, logger)
        {
            Counter = new(meter, _time),
            Story = new(_name, nodes, () => monitor.Current, _time, logger),
        };
        var outliers = _options.EjectOutliers ? new OutlierWatch(
            _name, new(selector.States, selector.Clock, OutlierSettings.Default), monitor, teller, selector.Clock, _time, logger) : null;
        var audit = new RegionAudit(_name, _onRegionRefusal, logger);
        var circuits = new CircuitWatch(_options.Circuit, nodes, monitor, teller, _options.FailoverTimeout, _time, random);
        var budget = new RetryBudget(_options.Retry.BudgetRatio, _options.Retry.BudgetPerSecond, selector.CallsEnded);
        var retries = new RetryPipeline(_options.Retry, budget, _time, new Random(random.Next()));
        var opener = new ConnectionOpener(_name, driver!, nodes, monitor, selector, limits, audit, _time, logger, retries, circuits)
        {
            Meter = meter,
            Conventions = new(meter, driver!, nodes),
            Ledger = ledger,
            Hedges = _options.Hedging.MaxRatio > 0 ? new(_options.Hedging, budget, _time) : null,
        };
        foreach (var node in nodes)
        {
            node.State.OnFault = outliers is null ? null : outliers.Met;
        }

        var patterns = _options.LearnPatterns ? Patterns(nodes, monitor, selector, scope, random, logger) : null;
        var inquiry = new LossInquiry(_name, nodes, driver.Commits, clock, _time, logger);
        var losses = new LossWatch(_name, ledger, inquiry, monitor, teller, meter, clock, _time, logger);
        return new(opener, scope, monitor, cleanUp, teller, losses, meter, new ClusterGauges(meter, opener), outliers, patterns, nodes, driver!.DescribeConnection(endpoints), _createConnection, random.Next());
    }

    private PatternLoop Patterns(
        ImmutableArray<ClusterNode> nodes, TopologyMonitor monitor, NodeSelector selector, RouteScope scope, Random random, ILogger logger)
    {
        // A Random each: loop and warmer draw on threads of their own, and the one that was injected need not be thread-safe.
        var (forLoop, forWarmer) = (new Random(random.Next()), new Random(random.Next()));
        var optimiser = new PatternOptimiser(nodes.Select(n => n.Endpoint.Name), selector.States, _time);
        var file = _options.PatternFile is { } path ? new PatternFile(_name, Path.GetFullPath(path), _time, logger) : null;
        var warmer = new PreWarmer(_name, nodes, monitor, selector, scope, forWarmer, _time, logger);
        return new(_name, nodes, optimiser, file, warmer, monitor, forLoop, _time, logger);
    }
}
