namespace ClusterClient.Samples.Tests;

/// <summary>The database servers that a program started, found by the folder that is named after it.</summary>
internal static class Servers
{
    public static string[] Of(int process) =>
    [
        .. Directory.EnumerateDirectories("/proc").Select(CommandLine).Where(
            line => line.Contains($"clusterclient-pg-{process}-", StringComparison.Ordinal)),
    ];

    private static string CommandLine(string process)
    {
        try
        {
            return File.ReadAllText(Path.Combine(process, "cmdline")).Replace('\0', ' ');
        }
        catch (IOException)
        {
            // No process, or none any more.
            return "";
        }
    }
}
