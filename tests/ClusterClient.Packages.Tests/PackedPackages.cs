using System.Globalization;
using System.Reflection;

namespace ClusterClient.Packages.Tests;

/// <summary>
/// The three packages, packed once for all tests into a directory outside the repository, in a version that no cache can know.
/// </summary>
public sealed class PackedPackages : IAsyncLifetime
{
    public static readonly string[] Names =
        ["ClusterClient", "ClusterClient.EntityFrameworkCore", "ClusterClient.Npgsql", "ClusterClient.OpenTelemetry", "ClusterClient.Testing"];

    /// <summary>Top of the repository.</summary>
    public string Repository { get; } = typeof(PackedPackages).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>()
        .Single(a => a.Key == "RepositoryRoot").Value!;

    /// <summary>Where everything of these tests is; removed at the end.</summary>
    public string Work { get; } = Directory.CreateTempSubdirectory("clusterclient-packages-").FullName;

    public string Feed => Path.Combine(Work, "feed");

    public string Version { get; } = string.Create(CultureInfo.InvariantCulture, $"0.0.1-test.{DateTime.UtcNow.Ticks}");

    public string PathOf(string name, string extension) => Path.Combine(Feed, $"{name}.{Version}.{extension}");

    public async Task InitializeAsync()
    {
        foreach (var name in Names)
        {
            // Outputs and intermediates of their own: other builds of the same projects may run meanwhile.
            await Dotnet.RunAsync(
                Repository, "pack", Path.Combine("src", name), "-c", "Release", "-o", Feed, $"-p:Version={Version}",
                $"-p:ArtifactsPath={Path.Combine(Work, "artifacts")}", "--nologo", "-v", "quiet");
        }
    }

    public Task DisposeAsync()
    {
        Directory.Delete(Work, recursive: true);
        return Task.CompletedTask;
    }
}
