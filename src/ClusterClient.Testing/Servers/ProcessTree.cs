using System.Diagnostics;
using System.Globalization;

namespace ClusterClient.Testing.Servers;

/// <summary>
/// A postmaster we started, and its children. The number of a child of ours cannot be used again before its end has been
/// collected, and from then on <see cref="IsAlive"/> is false: no other process can be hit by these signals.
/// </summary>
internal sealed class ProcessTree(Process root)
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(10);

    public int Id { get; } = root.Id;

    public bool IsAlive => !root.HasExited;

    public void Signal(int signal)
    {
        if (IsAlive)
            LibC.Signal(Id, signal);
    }

    /// <summary>Stops the whole tree where it stands. The root goes first: once it is stopped it makes no more
    /// children.</summary>
    public void Freeze()
    {
        Signal(LibC.SigStop);
        SpinWait.SpinUntil(() => StateOf(Id) is 'T' or null, Limit);
        var children = Children();
        foreach (var child in children)
            LibC.Signal(child, LibC.SigStop);
        SpinWait.SpinUntil(() => children.All(static child => StateOf(child) is 'T' or 'Z' or null), Limit);
    }

    public void Thaw()
    {
        foreach (var child in Children())
            LibC.Signal(child, LibC.SigCont);
        Signal(LibC.SigCont);
    }

    /// <summary>Ends the whole tree without a goodbye and waits until it is gone.</summary>
    public async Task KillAsync(CancellationToken ct)
    {
        Signal(LibC.SigStop);
        SpinWait.SpinUntil(() => StateOf(Id) is 'T' or 'Z' or null, Limit);
        var children = Children();
        foreach (var child in children)
            LibC.Signal(child, LibC.SigKill);
        Signal(LibC.SigKill);
        await ExitAsync(Limit, () => $"Process {Id} is still there after SIGKILL.", ct).ConfigureAwait(false);
        await Poll.UntilAsync(
            _ => ValueTask.FromResult(children.All(static child => StateOf(child) is 'Z' or null)),
            Limit, () => $"Children of process {Id} are still there after SIGKILL.", ct).ConfigureAwait(false);
    }

    /// <summary>Waits for the root's end.</summary>
    public async Task ExitAsync(TimeSpan limit, Func<string> complaint, CancellationToken ct) =>
        await Poll.UntilAsync(_ => ValueTask.FromResult(!IsAlive), limit, complaint, ct).ConfigureAwait(false);

    private int[] Children()
    {
        try
        {
            // A postmaster has one thread, so this one file lists all of its children.
            return IsAlive ? [.. File.ReadAllText($"/proc/{Id}/task/{Id}/children")
                .Split(' ', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)
                .Select(static pid => int.Parse(pid, CultureInfo.InvariantCulture))] : [];
        }
        catch (IOException)
        {
            return [];
        }
    }

    /// <summary>R, S, D, T, Z as in ps; null once the process is gone. A zombie is dead, only its parent has not looked
    /// yet.</summary>
    private static char? StateOf(int pid)
    {
        try
        {
            // The name of the program is in parentheses and may hold anything: the state follows the last closing one.
            var stat = File.ReadAllText($"/proc/{pid}/stat");
            return stat[stat.LastIndexOf(')') + 2];
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}
