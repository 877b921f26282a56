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
            var own = protocol.Key.Parameters.Where(p => p.Name != "scenario" && parameters.ContainsKey(p.Name)).Select(p => $", {p.Name} {parameters[p.Name]}");
            var title = $"{protocol.Key.Name}{scenario.Replace('-', ' ')}{string.Concat(own)}: 99th percentile by load";
            File.WriteAllText(Path.Combine(folder, $"{protocol.Key.Name}{scenario}.svg"), new Plot(title, [.. protocol]).Svg());
        }
    }
}
