using System.Globalization;

namespace ClusterClient.Testing.Tests;

/// <summary>What is left on this machine.</summary>
internal static class Machine
{
    /// <summary>The processes that are alive and have this text in their command line: postmasters name their directory
    /// there.</summary>
    public static int[] ServersOf(string directory) =>
    [
        .. Directory.EnumerateDirectories("/proc")
            .Where(path => int.TryParse(Path.GetFileName(path), out _) && Read(path, "cmdline").Contains(directory, StringComparison.Ordinal))
            .Where(path => Read(path, "stat") is var stat && !stat.Contains(") Z ", StringComparison.Ordinal))
            .Select(path => int.Parse(Path.GetFileName(path), CultureInfo.InvariantCulture)),
    ];

    /// <summary>The live children of a process.</summary>
    public static int[] ChildrenOf(int pid) =>
    [
        .. Directory.EnumerateDirectories("/proc")
            .Where(path => int.TryParse(Path.GetFileName(path), out _) && Read(path, "stat").Contains($" {pid} ", StringComparison.Ordinal))
            .Where(path => Read(path, "status").Contains($"\nPPid:\t{pid}\n", StringComparison.Ordinal))
            .Select(path => int.Parse(Path.GetFileName(path), CultureInfo.InvariantCulture)),
    ];

    public static bool IsAlive(int pid) => Read($"/proc/{pid}", "stat") is { Length: > 0 } stat && !stat.Contains(") Z ", StringComparison.Ordinal);

    private static string Read(string process, string file)
    {
        try
        {
            return File.ReadAllText(Path.Combine(process, file));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return "";
        }
    }
}
