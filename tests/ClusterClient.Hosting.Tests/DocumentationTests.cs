using ClusterClient.Configuration;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace ClusterClient.Hosting.Tests;

public sealed class DocumentationTests
{
    private const string File = "docs/configuration.md";
    private const string Begin = "<!-- made of the table of keys -->\n";
    private const string End = "<!-- end -->\n";

    [Fact]
    public void Keys_Documentation_AreThoseOfTheTable()
    {
        var text = System.IO.File.ReadAllText(Repository.PathOf(File)).ReplaceLineEndings("\n");
        var (begin, end) = (text.IndexOf(Begin, StringComparison.Ordinal) + Begin.Length, text.IndexOf(End, StringComparison.Ordinal));
        Repository.AssertHas(File, text[..begin] + Table() + text[end..]);
    }

    /// <summary>The example that the page begins with.</summary>
    [Fact]
    public async Task Example_Documentation_IsRight()
    {
        var json = System.IO.File.ReadAllText(Repository.PathOf(File)).ReplaceLineEndings("\n").Split("```json\n")[1].Split("```")[0];
        using var stream = new MemoryStream(System.Text.Encoding.UTF8.GetBytes(json));
        await using var services = Registrations.Orders(new ConfigurationBuilder().AddJsonStream(stream).Build());
        Assert.Equal(3, services.GetRequiredService<ClusterDataSource>().Topology.Nodes.Length);
    }

    private static string Table() => "| key | default | values | reloadable | what it does |\n|---|---|---|---|---|\n" + string.Concat(
        ConfigurationKeys.All.Select(k =>
            $"| `{k.Path}` | {(k.Default is null ? "none" : $"`{KeyTexts.Of(k.Default)}`")} | {Values(k)} | {(k.IsReloadable ? "yes" : "no")} | {k.Description} |\n"));

    private static string Values(ConfigurationKey key) => key.Choices.Length > 0 ? string.Join(", ", key.Choices.Select(c => $"`{c}`")) : KeyTexts.Range(key) switch
    {
        "" => key.Kind switch { KeyKind.Flag => "true, false", KeyKind.Texts => "list of texts", _ => key.Kind.ToString().ToLowerInvariant() },
        var range => $"{key.Kind.ToString().ToLowerInvariant()}: {char.ToLowerInvariant(range[0])}{range[1..]}",
    };
}
