using System.Globalization;

namespace ClusterClient.Testing.Servers;

/// <summary>
/// One server's data directory. Files that exist are overwritten in place, which keeps their owner; new ones are made by the
/// owner's account. The server reads its settings only at start and on SIGHUP, so a half-written file is never looked at.
/// </summary>
internal sealed class DataDirectory(string path, ServerAccount account)
{
    private const int StatusLine = 7;
    private const int SharedMemoryLine = 6;

    public string Path { get; } = path;

    public bool IsStandby => File.Exists(StandbySignal);

    private string Settings => InPath("postgresql.conf");

    private string OverridingSettings => InPath("postgresql.auto.conf");

    private string StandbySignal => InPath("standby.signal");

    private string LockFile => InPath("postmaster.pid");

    public Task CopyFromAsync(string template, CancellationToken ct) =>
        account.RequireAsync("cp", ["-a", "--reflink=auto", template, Path], null, ct);

    public Task RemoveAsync(CancellationToken ct) => account.RequireAsync("rm", ["-rf", Path], null, ct);

    public Task MarkStandbyAsync(CancellationToken ct) => account.RequireAsync("touch", [StandbySignal], null, ct);

    public void UnmarkStandby() => File.Delete(StandbySignal);

    public void WriteSettings(string text) => File.WriteAllText(Settings, text);

    public string ReadOverrides() => File.ReadAllText(OverridingSettings);

    public void WriteOverrides(string text) => File.WriteAllText(OverridingSettings, text);

    /// <summary>What ALTER SYSTEM does, which a standby would refuse only while it cannot write; here it always works.</summary>
    public void Override(string name, string value)
    {
        var others = File.ReadAllLines(OverridingSettings)
            .Where(line => !string.Equals(line.Split('=')[0].Trim(), name, StringComparison.OrdinalIgnoreCase));
        WriteOverrides(string.Join('\n', [.. others, ServerSettings.Line(name, value)]) + "\n");
    }

    /// <summary>The server's own word on itself: starting, standby, ready or stopping; null when it says none.</summary>
    public string? ReadStatus() => ReadLockFile() is { } lines && lines.Length > StatusLine ? lines[StatusLine].Trim() : null;

    /// <summary>
    /// Removes what a killed server could not: its segment of shared memory and its lock file, which would otherwise bar the
    /// next start if another process had got the dead one's number.
    /// </summary>
    public void RemoveRemains()
    {
        if (ReadLockFile() is not { } lines)
            return;
        if (lines.Length > SharedMemoryLine
            && lines[SharedMemoryLine].Split(' ', StringSplitOptions.RemoveEmptyEntries) is [_, var id]
            && int.TryParse(id, CultureInfo.InvariantCulture, out var segment))
            LibC.RemoveSharedMemory(segment);
        File.Delete(LockFile);
    }

    private string[]? ReadLockFile()
    {
        try
        {
            return File.ReadAllLines(LockFile);
        }
        catch (IOException)
        {
            return null;
        }
    }

    private string InPath(string file) => System.IO.Path.Combine(Path, file);
}
