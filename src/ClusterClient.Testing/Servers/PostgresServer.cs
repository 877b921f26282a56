namespace ClusterClient.Testing.Servers;

/// <summary>One server as processes and files: starts it, ends it, stops it where it stands. Knows nothing of SQL.</summary>
internal sealed class PostgresServer(
    DataDirectory data, string settings, LoopbackPort port, PostgresInstallation installation, ServerAccount account)
    : IDisposable
{
    private const int TailLines = 25;

    private static readonly TimeSpan StartLimit = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan StopLimit = TimeSpan.FromSeconds(30);

    private ProcessTree? _tree;

    public DataDirectory Data => data;

    public int Port => port.Number;

    /// <summary>The postmaster of the last start.</summary>
    public int ProcessId => _tree?.Id ?? throw new InvalidOperationException("Never started.");

    public bool IsRunning => _tree is { IsAlive: true };

    public bool IsHung { get; private set; }

    private string LogFile => data.Path + ".log";

    /// <summary>Starts the server and waits until it takes connections.</summary>
    public async Task StartAsync(CancellationToken ct)
    {
        if (IsRunning)
            return;
        data.RemoveRemains();
        data.WriteSettings(settings);
        IsHung = false;

        // setsid, so that a Ctrl+C in our terminal does not end the server; each program replaces the one before it, so the
        // process we start is the postmaster. The last argument is what the keeper of the directory recognizes it by.
        var process = account.Start(
            "setsid",
            ["sh", "-c", "exec >>\"$0\" 2>&1 </dev/null && exec \"$@\"", LogFile, installation["postgres"], "-D", data.Path]);
        process.StandardInput.Close();
        var tree = _tree = new ProcessTree(process);
        await Poll.UntilAsync(
            _ => tree.IsAlive
                ? ValueTask.FromResult(data.ReadStatus() == "ready")
                : throw new InvalidOperationException("The server did not start." + LogTail()),
            StartLimit, () => $"The server takes no connections {StartLimit} after its start." + LogTail(), ct)
            .ConfigureAwait(false);
    }

    public async Task KillAsync(CancellationToken ct)
    {
        if (_tree is not { IsAlive: true } tree)
            return;
        await tree.KillAsync(ct).ConfigureAwait(false);
        data.RemoveRemains();
        IsHung = false;
    }

    public async Task StopAsync(PostgresShutdown mode, CancellationToken ct)
    {
        if (_tree is not { IsAlive: true } tree)
            return;
        Resume();
        tree.Signal(mode switch
        {
            PostgresShutdown.Fast => LibC.SigInt,
            PostgresShutdown.Immediate => LibC.SigQuit,
            PostgresShutdown.Smart => LibC.SigTerm,
            _ => throw new ArgumentOutOfRangeException(nameof(mode), mode, "Not a way to shut down."),
        });
        await tree.ExitAsync(
            StopLimit, () => $"The server still runs {StopLimit} after a {mode} shutdown was asked for." + LogTail(), ct)
            .ConfigureAwait(false);
    }

    public void Hang()
    {
        if (!IsRunning)
            return;
        IsHung = true;
        _tree!.Freeze();
    }

    public void Resume()
    {
        _tree?.Thaw();
        IsHung = false;
    }

    public void Reload() => _tree?.Signal(LibC.SigHup);

    /// <summary>Writes a line of our own into the server's log.</summary>
    public void Note(string text) => File.AppendAllText(LogFile, $"--- {text}\n");

    /// <summary>The end of the server's log, to put behind a message.</summary>
    public string LogTail()
    {
        try
        {
            return $"\n--- {LogFile}\n" + string.Join('\n', File.ReadLines(LogFile).TakeLast(TailLines));
        }
        catch (IOException)
        {
            return "";
        }
    }

    public void Dispose() => port.Dispose();
}
