using System.Runtime.InteropServices;

namespace ClusterClient.Benchmarks.Reporting;

/// <summary>What the numbers were taken on, in a line, without anything that names the machine.</summary>
internal static class MachineDescription
{
    private const string CpuInfo = "/proc/cpuinfo";
    private const string Model = "model name";

    public static string Text(string? postgres) =>
        $"{RuntimeInformation.OSDescription}, {RuntimeInformation.FrameworkDescription}, {Environment.ProcessorCount} × {Cpu()}"
        + (postgres is null ? "" : $", PostgreSQL {postgres}") + $". Taken {TimeProvider.System.GetUtcNow():yyyy-MM-dd}.";

    private static string Cpu() =>
        File.Exists(CpuInfo) && File.ReadLines(CpuInfo).FirstOrDefault(l => l.StartsWith(Model, StringComparison.Ordinal)) is { } line
            ? line[(line.IndexOf(':', StringComparison.Ordinal) + 1)..].Trim()
            : RuntimeInformation.ProcessArchitecture.ToString();
}
