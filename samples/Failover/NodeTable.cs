using ClusterClient.Topology;
using Spectre.Console;

namespace Failover;

/// <summary>The nodes as ClusterClient sees them, with the calls they answer.</summary>
internal static class NodeTable
{
    public static Table Draw(Stage stage)
    {
        var table = new Table { Border = TableBorder.Rounded, Expand = true };
        table.AddColumns("node", "region", "role", "epoch");
        foreach (var heading in new[] { "reads", "Npgsql's", "median", "99th pct.", "lag" })
            table.AddColumn(new TableColumn(heading).RightAligned());
        table.AddColumns("in truth", "seen as");

        var calls = stage.Contenders.Select(contender => contender.Calls.Recent()).ToArray();
        foreach (var node in stage.Cluster.Topology.Nodes)
            table.AddRow([.. Cells(stage, node, calls).Select(cell => new Markup(cell) { Overflow = Overflow.Ellipsis })]);
        return table;
    }

    private static IEnumerable<string> Cells(Stage stage, NodeDescription node, Call[][] calls)
    {
        var name = node.Endpoint.Name;
        var latency = Latency.Of(calls[0].Where(call => call.Node == name));
        yield return name;
        yield return node.Endpoint.Region;
        yield return node.Role switch
        {
            NodeRole.Primary => "[bold green]primary[/]",
            NodeRole.Replica => "replica",
            _ => "[grey]unknown[/]",
        };
        yield return $"{node.Epoch}";
        foreach (var contender in calls)
            yield return Share(contender, name);
        yield return Latency.Text(latency?.Median);
        yield return Latency.Text(latency?.Percentile99);
        yield return Latency.Text(node.Lag);
        yield return stage.Injected.TryGetValue(name, out var injected) ? $"[red]{injected}[/]" : "";
        yield return node switch
        {
            { Status: NodeStatus.Online, IsDoubted: true } => "[yellow]doubted[/]",
            { Status: NodeStatus.Online } => "[green]online[/]",
            _ => $"[red]{node.Status.ToString().ToLowerInvariant()}[/]",
        };
    }

    public static string Share(Call[] calls, string node)
    {
        var reads = calls.Count(call => call.IsRead);
        return reads == 0 ? "" : $"{100.0 * calls.Count(call => call.IsRead && call.Node == node) / reads:0} %";
    }
}
