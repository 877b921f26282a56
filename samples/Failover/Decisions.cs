using ClusterClient;
using ClusterClient.Data;
using ClusterClient.Routing;
using Spectre.Console;

namespace Failover;

/// <summary>Why ClusterClient sends calls where it does: a table for the screen, and the library's own words for a log.</summary>
internal sealed class Decisions(ClusterDataSource cluster, bool areShown)
{
    private volatile bool _areShown = areShown;

    /// <summary>Whether somebody wants to see them.</summary>
    public bool AreShown => _areShown;

    public void Toggle() => _areShown = !_areShown;

    public string Text() => string.Join(
        Environment.NewLine, cluster.Explain(RouteIntent.Read), cluster.Explain(RouteIntent.Write));

    public Table Draw()
    {
        var table = new Table { Border = TableBorder.Rounded, Expand = true };
        table.AddColumns("node", "the next read", "the next write");
        var reads = cluster.Reads.Assess();
        var writes = cluster.Writes.Assess();
        foreach (var (read, write) in reads.Zip(writes))
            table.AddRow([new Text(read.Node.Endpoint.Name), Cell(read), Cell(write)]);
        return table;
    }

    private static Markup Cell(RouteAssessment assessment) => new(
        assessment.IsChosen ? $"[green]{assessment.Reason}[/]" : assessment.Reason.EscapeMarkup()) { Overflow = Overflow.Ellipsis };
}
