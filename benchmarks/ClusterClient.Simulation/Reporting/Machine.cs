using System.Runtime.InteropServices;

namespace ClusterClient.Simulation.Reporting;

/// <summary>What a simulation ran on, in a line, without anything that names the machine. The results do not depend on it.</summary>
internal static class Machine
{
    private const string CpuInfo = "/proc/cpuinfo";
    private const string Model = "model name";

    public static string Description() =>
        $"{RuntimeInformation.OSDescription}, {RuntimeInformation.FrameworkDescription}, {Environment.ProcessorCount} × {Cpu()}. "
        + $"Taken {TimeProvider.System.GetUtcNow():yyyy-MM-dd}.";

    private static string Cpu() =>
        File.Exists(CpuInfo) && File.ReadLines(CpuInfo).FirstOrDefault(l => l.StartsWith(Model, StringComparison.Ordinal)) is { } line
            ? line[(line.IndexOf(':', StringComparison.Ordinal) + 1)..].Trim()
            : RuntimeInformation.ProcessArchitecture.ToString();
}
