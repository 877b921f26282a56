using System.Text;
using ClusterClient.Simulation.Clients;
using ClusterClient.Simulation.Protocols;

namespace ClusterClient.Simulation.CommandLine;

/// <summary>What <c>--help</c> prints: every option there is, with its default.</summary>
internal static class Help
{
    public static string Text()
    {
        var text = new StringBuilder();
        text.AppendLine("Simulates routing policies: benchmarks/run simulation --protocol database,prequal --policy lor,p2c --load 0.7,0.9 --seeds 1-8");
        Section(text, "Options", OptionsParser.General);
        foreach (var protocol in AllProtocols.List)
        {
            Section(text, $"--protocol {protocol.Name}: {protocol.Description}", protocol.Parameters);
        }

        Section(text, "Parameters of policies", ClientPolicies.Parameters);
        text.AppendLine().Append("Policies: ").AppendJoin(", ", ClientPolicies.Names).AppendLine();
        return text.ToString();
    }

    private static void Section(StringBuilder text, string title, IReadOnlyList<(string Name, string Meaning, string Default)> options)
    {
        text.AppendLine().AppendLine(title);
        foreach (var (name, meaning, value) in options)
        {
            text.AppendLine($"  --{name,-20} {meaning} [{value}]");
        }
    }
}
