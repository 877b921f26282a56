using System.Reflection;

namespace ClusterClient.Tests.PublicApi;

/// <summary>The public API is what the text files beside this one say: whoever changes it changes them, and sees what changes.</summary>
public sealed class PublicApiTests
{
    private const string Accept = "CLUSTERCLIENT_ACCEPT_API";

    [Theory]
    [InlineData("ClusterClient")]
    [InlineData("ClusterClient.EntityFrameworkCore")]
    [InlineData("ClusterClient.Npgsql")]
    [InlineData("ClusterClient.OpenTelemetry")]
    [InlineData("ClusterClient.Testing")]
    public void PublicApi_OfEveryPackage_IsTheAcceptedOne(string assembly)
    {
        var accepted = Path.Combine(Beside(), $"{assembly}.txt");
        var actual = Path.Combine(Beside(), $"{assembly}.actual.txt");
        var api = ApiPrinter.Print(Assembly.Load(assembly));
        if (Environment.GetEnvironmentVariable(Accept) == "1")
        {
            File.WriteAllText(accepted, api);
        }

        if (File.Exists(accepted) && File.ReadAllText(accepted).ReplaceLineEndings("\n") == api)
        {
            File.Delete(actual);
            return;
        }

        File.WriteAllText(actual, api);
        var before = File.Exists(accepted) ? File.ReadAllLines(accepted) : [];
        var now = api.TrimEnd('\n').Split('\n');
        Assert.Fail(string.Join(Environment.NewLine, [
            $"The public API of {assembly} differs from {accepted}. Compare it with {actual}; to accept it, run this test with {Accept}=1.",
            .. before.Except(now).Select(l => "- " + l.Trim()),
            .. now.Except(before).Select(l => "+ " + l.Trim()),
        ]));
    }

    // Not from the compiler's path of this file: reproducible builds replace that.
    private static string Beside() => Path.Combine(
        typeof(PublicApiTests).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(a => a.Key == "ProjectFolder").Value!,
        "PublicApi");
}
