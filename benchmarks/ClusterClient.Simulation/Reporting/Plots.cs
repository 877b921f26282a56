namespace ClusterClient.Simulation.Reporting;

/// <summary>A plot per protocol, as files in a folder.</summary>
internal static class Plots
{
    public static void Write(string folder, IReadOnlyDictionary<string, string> parameters, IReadOnlyList<Summary> summaries)
    {
        Directory.CreateDirectory(folder);
        foreach (var protocol in summaries.GroupBy(s => s.Protocol))
        {
            var scenario = parameters.TryGetValue("scenario", out var name) && protocol.Key.Parameters.Any(p => p.Name == "scenario") ? $"-{name}" : "";
            var title = $"{protocol.Key.Name}{scenario.Replace('-', ' ')}: 99th percentile by load";
            File.WriteAllText(Path.Combine(folder, $"{protocol.Key.Name}{scenario}.svg"), new Plot(title, [.. protocol]).Svg());
        }
    }
}
