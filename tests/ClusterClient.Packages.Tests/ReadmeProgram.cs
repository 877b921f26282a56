using System.Text.RegularExpressions;

namespace ClusterClient.Packages.Tests;

/// <summary>The C# of a page of Markdown: all its blocks, one after the other, are one program.</summary>
internal static partial class ReadmeProgram
{
    public static string Read(string path) =>
        string.Concat(CSharpBlock().Matches(File.ReadAllText(path).ReplaceLineEndings("\n")).Select(m => m.Groups["code"].Value));

    [GeneratedRegex(@"^```csharp\n(?<code>.*?)^```$", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex CSharpBlock();
}
