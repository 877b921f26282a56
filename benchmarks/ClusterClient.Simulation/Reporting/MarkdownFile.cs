using System.Text;

namespace ClusterClient.Simulation.Reporting;

/// <summary>The tables as a page to keep, with the command line that gives them again.</summary>
internal static class MarkdownFile
{
    // Where the results go is no part of what they are.
    private static readonly string[] _destinations = ["csv", "svg", "markdown", "parallel"];

    public static void Write(string path, string[] args, int seeds, IReadOnlyList<Summary> summaries)
    {
        var text = new StringBuilder();
        text.Append("# simulation\n\n");
        text.Append(Machine.Description()).Append("\n\n");
        text.Append("```\nbenchmarks/run simulation ").AppendJoin(' ', WithoutDestinations(args)).Append("\n```\n\n");
        text.Append($"Latencies in ms; mean over {seeds} seeds, and the worst of them. The same command gives the same numbers anywhere.\n");
        foreach (var protocol in summaries.GroupBy(s => s.Protocol))
        {
            text.Append($"\n## {protocol.Key.Name}\n\n{protocol.Key.Description}.\n\n").Append(Table.Of([.. protocol]));
        }

        File.WriteAllText(path, text.ToString());
    }

    private static IEnumerable<string> WithoutDestinations(string[] args)
    {
        for (var i = 0; i < args.Length; i++)
        {
            var name = args[i].TrimStart('-').Split('=')[0];
            if (!_destinations.Contains(name))
            {
                yield return args[i];
            }
            else if (!args[i].Contains('=', StringComparison.Ordinal))
            {
                i++;
            }
        }
    }
}
