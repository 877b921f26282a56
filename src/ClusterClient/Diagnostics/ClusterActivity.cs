using System.Diagnostics;

namespace ClusterClient.Diagnostics;

/// <summary>The library's spans, under the name "ClusterClient".</summary>
/// <remarks>
/// The source is static, as every library's is: listeners know it by its name, it holds nothing of any data source, and whether anybody
/// listens is then one read on the way of every open, without a field anywhere. What the driver tells by itself, a command or the making of
/// a physical connection, is not told again: its spans are children of these.
/// </remarks>
internal static class ClusterActivity
{
    public const string Name = "ClusterClient";
    public const string Open = "clusterclient.open";
    public const string Connect = "clusterclient.connect";
    public const string FailoverWait = "clusterclient.failover_wait";
    public const string Queue = "clusterclient.queue";
    public const string Retry = "clusterclient.retry";
    public const string Hedge = "clusterclient.hedge";
    public const string CommitResolution = "clusterclient.commit_resolution";

    /// <summary>The event that has the decision in words.</summary>
    public const string Route = "clusterclient.route";

    /// <summary>Of an explanation, which has a line a node, no more goes into a span.</summary>
    private const int LongestText = 4_000;

    private static readonly ActivitySource Source = new(Name, typeof(ClusterActivity).Assembly.GetName().Version?.ToString(3));

    /// <summary>Whether anybody listens.</summary>
    public static bool IsWatched => Source.HasListeners();

    /// <summary>Null when nobody listens, or the trace is not taken.</summary>
    public static Activity? Start(string name, ActivityKind kind = ActivityKind.Internal) => Source.StartActivity(name, kind);

    /// <summary>Adds an explanation; <paramref name="describe"/> is asked only where it is kept.</summary>
    public static void Explain(this Activity activity, Func<string> describe)
    {
        if (activity.IsAllDataRequested)
        {
            var text = describe();
            activity.AddEvent(new(Route, tags: new()
            {
                [TagNames.Explanation] = text.Length <= LongestText ? text : $"{text.AsSpan(0, LongestText)}…",
            }));
        }
    }
}
