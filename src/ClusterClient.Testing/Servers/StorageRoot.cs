namespace ClusterClient.Testing.Servers;

/// <summary>Where data directories go: memory when there is enough of it, else the temporary folder.</summary>
internal static class StorageRoot
{
    private const string SharedMemory = "/dev/shm";
    private const long EnoughBytes = 1L << 30;

    public static string Find()
    {
        try
        {
            return Directory.Exists(SharedMemory) && new DriveInfo(SharedMemory).AvailableFreeSpace > EnoughBytes
                ? SharedMemory
                : Path.TrimEndingDirectorySeparator(Path.GetTempPath());
        }
        catch (IOException)
        {
            return Path.TrimEndingDirectorySeparator(Path.GetTempPath());
        }
    }
}
