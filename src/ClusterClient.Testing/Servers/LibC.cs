using System.Runtime.InteropServices;

namespace ClusterClient.Testing.Servers;

/// <summary>The two system calls the base library has no equal for. Numbers are Linux's, the same on x64 and arm64.</summary>
internal static partial class LibC
{
    public const int SigHup = 1;
    public const int SigInt = 2;
    public const int SigQuit = 3;
    public const int SigKill = 9;
    public const int SigTerm = 15;
    public const int SigCont = 18;
    public const int SigStop = 19;

    private const int RemoveId = 0;

    /// <summary>Sends a signal; a process that is already gone is not an error.</summary>
    public static void Signal(int pid, int signal) => _ = Kill(pid, signal);

    /// <summary>Removes a System V shared memory segment; one that is already gone is not an error.</summary>
    public static void RemoveSharedMemory(int id) => _ = SharedMemoryControl(id, RemoveId, 0);

    [LibraryImport("libc", EntryPoint = "kill")]
    private static partial int Kill(int pid, int signal);

    [LibraryImport("libc", EntryPoint = "shmctl")]
    private static partial int SharedMemoryControl(int id, int command, nint buffer);
}
