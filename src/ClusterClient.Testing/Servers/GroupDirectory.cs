using System.Diagnostics;

namespace ClusterClient.Testing.Servers;

/// <summary>
/// The directory that holds all of a group, kept by a small shell of its own: the shell makes it, then reads its standard
/// input, and when that ends (because we closed it, or because our process is no more, however it died) it kills the servers
/// in the directory and removes it. So there is one way to clean up, and a crash takes it too.
/// </summary>
internal sealed class GroupDirectory : IDisposable
{
    // postmaster.pid: line 1 is the process, line 7 the key and id of its shared memory. The command line is compared first,
    // because the file of a dead server may name a process that is somebody else's by now. A stopped postmaster makes no more
    // children; a zombie is dead.
    private const string Script = """
        trap '' HUP INT TERM
        mkdir -m 700 "$0" || exit 1
        echo made
        exec >/dev/null 2>&1
        cat
        gone() { ! [ -e /proc/$1 ] || grep -q '^State:[[:space:]]*Z' /proc/$1/status; }
        for file in "$0"/*/postmaster.pid; do
          [ -e "$file" ] || continue
          pid=$(sed -n 1p "$file")
          if tr '\0' '\n' </proc/$pid/cmdline | grep -qxF "${file%/postmaster.pid}"; then
            kill -STOP $pid
            all="$pid $(cat /proc/$pid/task/*/children)"
            kill -KILL $all
            for one in $all; do
              tries=0
              until gone $one || [ $tries -ge 500 ]; do sleep 0.01; tries=$((tries+1)); done
            done
          fi
          set -- $(sed -n 7p "$file")
          [ -z "$2" ] || ipcrm -m $2
        done
        rm -rf "$0"
        """;

    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(15);

    private readonly Process _keeper;

    private GroupDirectory(string path, Process keeper)
    {
        Path = path;
        _keeper = keeper;
    }

    public string Path { get; }

    public static async Task<GroupDirectory> CreateAsync(ServerAccount account, CancellationToken ct)
    {
        var path = System.IO.Path.Combine(
            StorageRoot.Find(), $"clusterclient-pg-{Environment.ProcessId}-{Guid.NewGuid().ToString("N")[..8]}");

        // A session of its own: a Ctrl+C in our terminal must not reach it. Its write end of the pipe is closed on exec in
        // every other child of ours, so only our own end keeps it waiting.
        var keeper = account.Start("setsid", ["sh", "-c", Script, path]);
        try
        {
            if (await keeper.StandardOutput.ReadLineAsync(ct).ConfigureAwait(false) == "made")
                return new GroupDirectory(path, keeper);
            var errors = await keeper.StandardError.ReadToEndAsync(ct).ConfigureAwait(false);
            throw new IOException($"Cannot make {path}: {errors.Trim()}");
        }
        catch
        {
            keeper.StandardInput.Close();
            keeper.Dispose();
            throw;
        }
    }

    /// <summary>Kills what runs here and removes the directory; returns when that is done.</summary>
    /// <exception cref="TimeoutException">It was not done in time.</exception>
    public void Dispose()
    {
        _keeper.StandardInput.Close();
        if (!_keeper.WaitForExit(Limit))
            throw Late();
        Finish();
    }

    /// <inheritdoc cref="Dispose"/>
    public async Task CloseAsync()
    {
        _keeper.StandardInput.Close();
        using var deadline = new CancellationTokenSource(Limit, TimeProvider.System);
        try
        {
            await _keeper.WaitForExitAsync(deadline.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            throw Late();
        }

        Finish();
    }

    private void Finish()
    {
        _keeper.Dispose();

        // Only when the keeper itself was killed: the files at least can still go.
        if (Directory.Exists(Path))
            Directory.Delete(Path, recursive: true);
    }

    private TimeoutException Late() => new($"Servers in {Path} are still running {Limit} after they were told to end.");
}
