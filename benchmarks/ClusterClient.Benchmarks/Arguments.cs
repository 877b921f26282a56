using System.Globalization;

namespace ClusterClient.Benchmarks;

/// <summary>What follows the part's name: <c>--name value</c>, and where there is one main argument, that alone.</summary>
internal sealed class Arguments(string[] args)
{
    /// <summary>What stands right behind the part's name, if that is no name itself.</summary>
    public string? First => args is [_, var first, ..] && !first.StartsWith("--", StringComparison.Ordinal) ? first : null;

    public string Text(string name, string otherwise) =>
        Array.IndexOf(args, $"--{name}") is >= 0 and var at && at + 1 < args.Length ? args[at + 1] : otherwise;

    public int Number(string name, int otherwise) =>
        int.Parse(Text(name, otherwise.ToString(CultureInfo.InvariantCulture)), CultureInfo.InvariantCulture);
}
