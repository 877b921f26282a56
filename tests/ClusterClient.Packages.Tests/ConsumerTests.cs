namespace ClusterClient.Packages.Tests;

[Collection(nameof(Packages))]
public sealed class ConsumerTests(PackedPackages packages)
{
    [Fact]
    public async Task Readme_InAProjectThatHasOnlyThePackages_CompilesAndRuns()
    {
        var program = ReadmeProgram.Read(Path.Combine(packages.Repository, "README.md"));
        Assert.Contains("the README runs", program, StringComparison.Ordinal);
        var project = Directory.CreateDirectory(Path.Combine(packages.Work, "consumer")).FullName;
        await File.WriteAllTextAsync(Path.Combine(project, "Program.cs"), program);
        await File.WriteAllTextAsync(Path.Combine(project, "nuget.config"), $"""
            <configuration>
              <packageSources>
                <add key="packed" value="{packages.Feed}" />
              </packageSources>
            </configuration>
            """);
        // Its own packages directory, so that nothing of this run stays; what the machine has already is taken from there.
        await File.WriteAllTextAsync(Path.Combine(project, "consumer.csproj"), $"""
            <Project Sdk="Microsoft.NET.Sdk">
              <PropertyGroup>
                <OutputType>Exe</OutputType>
                <TargetFramework>net10.0</TargetFramework>
                <Nullable>enable</Nullable>
                <ImplicitUsings>enable</ImplicitUsings>
                <TreatWarningsAsErrors>true</TreatWarningsAsErrors>
                <NuGetAudit>false</NuGetAudit>
                <RestorePackagesPath>{Path.Combine(packages.Work, "restored")}</RestorePackagesPath>
                <RestoreFallbackFolders>{GlobalPackages()}</RestoreFallbackFolders>
              </PropertyGroup>
              <ItemGroup>
                {string.Concat(PackedPackages.Names.Select(n => $"<PackageReference Include=\"{n}\" Version=\"{packages.Version}\" />"))}
              </ItemGroup>
            </Project>
            """);
        await Dotnet.RunAsync(project, "build", "-c", "Release", "--nologo", "-v", "quiet");
        var output = await Dotnet.RunAsync(project, Path.Combine("bin", "Release", "net10.0", "consumer.dll"));
        Assert.Contains("the README runs", output, StringComparison.Ordinal);
    }

    /// <summary>The machine's packages, or none where it has not restored any.</summary>
    private static string GlobalPackages()
    {
        var path = Environment.GetEnvironmentVariable("NUGET_PACKAGES")
            ?? Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".nuget", "packages");
        return Directory.Exists(path) ? path : "";
    }
}
