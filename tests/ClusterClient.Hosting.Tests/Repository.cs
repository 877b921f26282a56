using System.Reflection;

namespace ClusterClient.Hosting.Tests;

/// <summary>Files of the repository that are made of the library's own tables, and held against them.</summary>
internal static class Repository
{
    /// <summary>Set to 1, it has the files written instead of compared.</summary>
    private const string Accept = "CLUSTERCLIENT_ACCEPT_SCHEMA";

    public static string PathOf(string file) => Path.Combine(Root, file);

    /// <summary>Compares, whatever the ends of lines are.</summary>
    public static void AssertHas(string file, string expected)
    {
        var path = PathOf(file);
        if (Environment.GetEnvironmentVariable(Accept) == "1")
        {
            File.WriteAllText(path, expected.ReplaceLineEndings("\n"));
        }

        Assert.True(
            expected.ReplaceLineEndings("\n") == File.ReadAllText(path).ReplaceLineEndings("\n"),
            $"{file} is not what the table of keys makes of it. Run this test with {Accept}=1 and look at the difference.");
    }

    private static string Root { get; } = typeof(Repository).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>()
        .Single(a => a.Key == "RepositoryRoot").Value!;
}
