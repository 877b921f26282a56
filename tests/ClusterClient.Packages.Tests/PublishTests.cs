using System.Runtime.InteropServices;

namespace ClusterClient.Packages.Tests;

/// <summary>
/// What trimming and Native AOT leave of the library works: a sample is published in both ways, where every warning, also one from
/// within a package, is an error; then it fails over, and has a call to a hung server ended.
/// </summary>
[Collection(nameof(Packages))]
public sealed class PublishTests(PackedPackages packages)
{
    [Theory]
    [InlineData("-p:PublishTrimmed=true", "Trimmed: ")]
    [InlineData("-p:PublishAot=true", "Native: ")]
    public async Task Sample_Published_RunsThroughAFailover(string how, string kind)
    {
        var target = Path.Combine(packages.Work, "published", kind[..^2]);
        var said = await Dotnet.RunAsync(
            packages.Repository, "publish", Path.Combine("samples", "Trimmed"), "-c", "Release", how, "--self-contained",
            "-r", RuntimeInformation.RuntimeIdentifier, "-o", target, $"-p:Version={packages.Version}",
            $"-p:ArtifactsPath={Path.Combine(packages.Work, "artifacts")}", "--nologo", "-v", "quiet");
        Assert.DoesNotContain("warning", said, StringComparison.OrdinalIgnoreCase);
        var output = await ChildProcess.RunAsync(Path.Combine(target, "Trimmed"), target);
        Assert.StartsWith(kind, output, StringComparison.Ordinal);
        Assert.Contains("3 of 3 orders are there", output, StringComparison.Ordinal);
    }
}
