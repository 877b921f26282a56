using ClusterClient.Routing;
using ClusterClient.Topology;
using Spectre.Console;

namespace Failover;

/// <summary>The nodes as ClusterClient sees them, with the calls they answer and what the next read would cost there.</summary>
internal static class NodeTable
{
    public static Table Draw(Stage stage)
    {
        var table = new Table { Border = TableBorder.Rounded, Expand = true };
        table.AddColumns("node", "role", "epoch");
        foreach (var heading in new[] { "reads", "Npgsql\nreads", "median\n/ 99th", "lag", "round\ntrip", "in\nflight", "cost" })
            table.AddColumn(new TableColumn(heading).RightAligned());
        table.AddColumns("in truth", "seen as");

        var calls = stage.Contenders.Select(contender => contender.Calls.Recent()).ToArray();
        foreach (var assessment in stage.Cluster.Reads.Assess())
            table.AddRow([.. Cells(stage, assessment, calls).Select(cell => new Markup(cell) { Overflow = Overflow.Ellipsis })]);
        return table;
    }

    private static IEnumerable<string> Cells(Stage stage, RouteAssessment assessment, Call[][] calls)
    {
        var node = assessment.Node;
        var name = node.Endpoint.Name;
        var latency = Latency.Of(calls[0].Where(call => call.Node == name));
        yield return name;
        yield return node.Role switch
        {
            NodeRole.Primary => "[bold green]primary[/]",
            NodeRole.Replica => "replica",
            _ => "[grey]unknown[/]",
        };
        yield return $"{node.Epoch}";
        foreach (var contender in calls)
            yield return Share(contender, name);
        yield return latency is { } l ? $"{l.Median.TotalMilliseconds:0.0} / {l.Percentile99.TotalMilliseconds:0.0}" : "";
        yield return Milliseconds(node.Lag);
        yield return Milliseconds(assessment.RoundTrip);
        yield return $"{assessment.InFlight}";
        yield return Milliseconds(assessment.Cost);
        yield return stage.Injected.TryGetValue(name, out var injected) ? $"[red]{injected}[/]" : "";
        yield return node switch
        {
            { Status: NodeStatus.Online, IsDoubted: true } => "[yellow]doubted[/]",
            { Status: NodeStatus.Online } => "[green]online[/]",
            _ => $"[red]{node.Status.ToString().ToLowerInvariant()}[/]",
        };
    }

    // Seven characters at most: all columns have to fit into 120.
    private static string Milliseconds(TimeSpan? time) => time switch
    {
        null => "",
        { TotalMilliseconds: < 100 and var ms } => $"{ms:0.0} ms",
        { TotalSeconds: < 10 and var s } => $"{s * 1000:0} ms",
        { TotalSeconds: var s } => $"{s:0} s",
    };

    public static string Share(Call[] calls, string node)
    {
        var reads = calls.Count(call => call.IsRead);
        return reads == 0 ? "" : $"{100.0 * calls.Count(call => call.IsRead && call.Node == node) / reads:0} %";
    }
}
