using ClusterClient.Topology;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace Failover;

/// <summary>Shows the stage while something runs: a live table on a terminal, otherwise a line a second.</summary>
internal static class Screen
{
    private static readonly TimeSpan Frame = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan Line = TimeSpan.FromSeconds(1);

    public static async Task ShowAsync(Stage stage, bool isPlain, Task running)
    {
        if (isPlain)
            await RepeatAsync(running, Line, () => Print(stage));
        else
            await AnsiConsole.Live(Draw(stage)).StartAsync(live => RepeatAsync(running, Frame, () => Refresh(stage, live)));
        await running;
    }

    private static async Task RepeatAsync(Task running, TimeSpan period, Action show)
    {
        while (!running.IsCompleted)
        {
            show();
            await Task.WhenAny(running, Task.Delay(period));
        }

        show();
    }

    private static void Print(Stage stage)
    {
        stage.Story.Tell("", Describe(stage));
        if (Keyboard.Took(Keyboard.Explain))
            stage.Story.Tell("library", stage.Decisions.Text());
    }

    private static void Refresh(Stage stage, LiveDisplayContext live)
    {
        if (Keyboard.Took(Keyboard.Explain))
            stage.Decisions.Toggle();
        live.UpdateTarget(Draw(stage));
    }

    private static Rows Draw(Stage stage) => new(
        new Rule($"[bold]{stage.Story.Elapsed.TotalSeconds:0} s: {stage.Phase.EscapeMarkup()}[/]"),
        NodeTable.Draw(stage),
        stage.Decisions.AreShown ? stage.Decisions.Draw() : new Text(Keyboard.IsThere ? "e: why each node is chosen or not" : ""),
        ContenderTable.Draw(stage),
        new Rows(stage.Story.Latest.Select(IRenderable (line) => new Text(line) { Overflow = Overflow.Ellipsis })));

    private static string Describe(Stage stage)
    {
        var calls = stage.Contenders.Select(contender => contender.Calls.Recent()).ToArray();
        var nodes = stage.Cluster.Topology.Nodes.Select(node => $"{node.Endpoint.Name} {Describe(node, calls[0])}");
        var contenders = stage.Contenders.Select((contender, i) =>
            $"{contender.Name} {ContenderTable.PerSecond(calls[i], isRead: false)} writes/s, {contender.Errors} errors");
        return $"{string.Join(", ", nodes)} | {string.Join(" | ", contenders)}";
    }

    private static string Describe(NodeDescription node, Call[] calls) => node.Role switch
    {
        NodeRole.Primary => $"PRIMARY",
        NodeRole.Replica => $"{NodeTable.Share(calls, node.Endpoint.Name)}",
        _ => node.Status.ToString().ToLowerInvariant(),
    };
}
