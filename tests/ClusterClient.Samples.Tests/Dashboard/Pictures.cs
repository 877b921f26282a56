using System.Reflection;

namespace ClusterClient.Samples.Tests.Dashboard;

/// <summary>
/// Where pictures of the page go: always to artifacts/dashboard, which is not part of the repository; into the docs when
/// CLUSTERCLIENT_ACCEPT_PICTURES=1 says so.
/// </summary>
internal static class Pictures
{
    public static bool AreAccepted => Environment.GetEnvironmentVariable("CLUSTERCLIENT_ACCEPT_PICTURES") == "1";

    public static async Task KeepAsync(string name, byte[] picture)
    {
        var root = Assembly.GetExecutingAssembly().GetCustomAttributes<AssemblyMetadataAttribute>().Single(a => a.Key == "RepositoryRoot").Value!;
        string[] folders = AreAccepted ? ["artifacts/dashboard", "docs/dashboard"] : ["artifacts/dashboard"];
        foreach (var folder in folders)
        {
            var directory = Directory.CreateDirectory(Path.Combine(root, folder));
            await File.WriteAllBytesAsync(Path.Combine(directory.FullName, $"{name}.png"), picture);
        }
    }
}
