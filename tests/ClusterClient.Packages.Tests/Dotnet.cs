namespace ClusterClient.Packages.Tests;

/// <summary>Runs the SDK's command line.</summary>
internal static class Dotnet
{
    private static string Host =>
        Environment.ProcessPath is { } host && Path.GetFileNameWithoutExtension(host) == "dotnet" ? host : "dotnet";

    /// <inheritdoc cref="ChildProcess.RunAsync"/>
    public static Task<string> RunAsync(string directory, params string[] arguments) => ChildProcess.RunAsync(Host, directory, arguments);
}
