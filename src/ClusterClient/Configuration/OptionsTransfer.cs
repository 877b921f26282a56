using ClusterClient.Resilience;
using ClusterClient.Routing;

namespace ClusterClient.Configuration;

/// <summary>Takes what options say into a builder, and notes what they cannot mean.</summary>
internal static class OptionsTransfer
{
    public static void ApplyTo(this ClusterDataSourceOptions options, ClusterDataSourceBuilder builder, List<SettingError> errors)
    {
        errors.AddRange(options.Report?.Errors ?? []);
        if (options.Discovery is { } discovery && !string.Equals(discovery, "Static", StringComparison.OrdinalIgnoreCase))
        {
            errors.Add(SettingError.Of("Discovery", $"is '{discovery}'; there is Static, the list in Nodes."));
        }

        for (var i = 0; i < options.Nodes.Count; i++)
        {
            var node = options.Nodes[i];
            builder.Add(new(node.Endpoint, node.Region, node.Zone, node.Name, node.Weight ?? 1)
            {
                Key = options.Report is { } report && i < report.NodeKeys.Length ? report.NodeKeys[i] : $"Nodes:{i}",
            });
        }

        if (options.Location.Region is { } region && !string.IsNullOrWhiteSpace(region))
        {
            builder.LocatedIn(region, options.Location.Zone);
        }
        else if (options.Location.Zone is not null)
        {
            errors.Add(SettingError.Of("Location:Region", "is missing, and there is a zone; name the region that the zone is in."));
        }

        if (Rule("RestrictReads", options.RestrictReads, errors) is { } reads)
        {
            builder.RestrictReads(reads);
        }

        if (Rule("RestrictWrites", options.RestrictWrites, errors) is { } writes)
        {
            builder.RestrictWrites(writes);
        }

        builder.Configure(settings => Apply(options, settings));
    }

    private static RegionRule? Rule(string key, RegionRuleOptions rule, List<SettingError> errors)
    {
        foreach (var (list, regions) in new[] { ("Allow", rule.Allow), ("Deny", rule.Deny) })
        {
            for (var i = 0; i < regions.Count; i++)
            {
                if (string.IsNullOrWhiteSpace(regions[i]))
                {
                    errors.Add(SettingError.Of($"{key}:{list}:{i}", "is empty; name a region, or leave it out."));
                    return null;
                }
            }
        }

        switch (rule.Allow.Count, rule.Deny.Count)
        {
            case (0, 0):
                return null;
            case (_, 0):
                return RegionRule.Allow([.. rule.Allow]);
            case (0, _):
                return RegionRule.Deny([.. rule.Deny]);
            default:
                errors.Add(SettingError.Of(key, "has both Allow and Deny; keep one of them."));
                return null;
        }
    }

    private static void Apply(ClusterDataSourceOptions from, ClusterOptions to)
    {
        to.MaxReplicaLag = from.MaxReplicaLag ?? to.MaxReplicaLag;
        to.ReadsMayUsePrimary = from.ReadsMayUsePrimary ?? to.ReadsMayUsePrimary;
        to.Policy = from.Policy ?? to.Policy;
        to.ZoneCost = from.ZoneCost ?? to.ZoneCost;
        to.RegionCost = from.RegionCost ?? to.RegionCost;
        to.ClientOrdinal = from.ClientOrdinal ?? to.ClientOrdinal;
        to.FailoverTimeout = from.FailoverTimeout ?? to.FailoverTimeout;
        to.CallTimeout = from.CallTimeout ?? to.CallTimeout;
        to.MaxWaitingCalls = from.MaxWaitingCalls ?? to.MaxWaitingCalls;
        to.TransactionStatementTimeout = from.TransactionStatementTimeout ?? to.TransactionStatementTimeout;
        to.CommitResolution = from.CommitResolution ?? to.CommitResolution;
        to.TracePropagation = from.TracePropagation ?? to.TracePropagation;
        to.HangDetection = from.HangDetection ?? to.HangDetection;
        if (from.MonitorInterval is { } interval)
        {
            // Only then: one that is set no longer follows HangDetection.
            to.MonitorInterval = interval;
        }

        if (from.ProbeTimeout is { } timeout)
        {
            to.ProbeTimeout = timeout;
        }

        to.EjectOutliers = from.EjectOutliers ?? to.EjectOutliers;
        to.LearnPatterns = from.LearnPatterns ?? to.LearnPatterns;
        to.PatternFile = from.PatternFile ?? to.PatternFile;
        to.Retry = Of(from.Retry, to.Retry);
        to.Hedging = Of(from.Hedging, to.Hedging);
        to.Limits = Of(from.Limits, to.Limits);
        to.Circuit = Of(from.Circuit, to.Circuit ?? CircuitSettings.Default);
    }

    private static RetryPolicy Of(RetryOptions from, RetryPolicy otherwise) => from.Enabled == false ? RetryPolicy.None : otherwise with
    {
        MaxRetries = from.MaxRetries ?? otherwise.MaxRetries,
        FirstDelay = from.FirstDelay ?? otherwise.FirstDelay,
        MaxDelay = from.MaxDelay ?? otherwise.MaxDelay,
        BudgetRatio = from.BudgetRatio ?? otherwise.BudgetRatio,
        BudgetPerSecond = from.BudgetPerSecond ?? otherwise.BudgetPerSecond,
    };

    private static HedgingPolicy Of(HedgingOptions from, HedgingPolicy otherwise) => otherwise with
    {
        ByDefault = from.ByDefault ?? otherwise.ByDefault,
        MaxRatio = from.MaxRatio ?? otherwise.MaxRatio,
        Quantile = from.Quantile ?? otherwise.Quantile,
        MinDelay = from.MinDelay ?? otherwise.MinDelay,
    };

    private static ConcurrencyLimits Of(LimitOptions from, ConcurrencyLimits otherwise) => from.Enabled == false ? ConcurrencyLimits.None : otherwise with
    {
        Floor = from.Floor ?? otherwise.Floor,
        Initial = from.Initial ?? otherwise.Initial,
        Ceiling = from.Ceiling ?? otherwise.Ceiling,
        MaxQueued = from.MaxQueued ?? otherwise.MaxQueued,
        MaxQueueTime = from.MaxQueueTime ?? otherwise.MaxQueueTime,
    };

    private static CircuitSettings? Of(CircuitOptions from, CircuitSettings otherwise) => from.Enabled == false ? null : otherwise with
    {
        FailureRatio = from.FailureRatio ?? otherwise.FailureRatio,
        MinimumThroughput = from.MinimumThroughput ?? otherwise.MinimumThroughput,
        ConsecutiveFaults = from.ConsecutiveFaults ?? otherwise.ConsecutiveFaults,
        BreakDuration = from.BreakDuration ?? otherwise.BreakDuration,
        MaxBreakDuration = from.MaxBreakDuration ?? otherwise.MaxBreakDuration,
    };
}
