using System.Globalization;

namespace ClusterClient.Benchmarks;

/// <summary>What follows the part's name: <c>--name value</c>.</summary>
internal sealed class Arguments(string[] args)
{
    public int Number(string name, int otherwise) =>
        Array.IndexOf(args, $"--{name}") is >= 0 and var at && at + 1 < args.Length
            ? int.Parse(args[at + 1], CultureInfo.InvariantCulture)
            : otherwise;
}
