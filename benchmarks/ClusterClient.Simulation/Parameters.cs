using System.Globalization;

namespace ClusterClient.Simulation;

/// <summary>Reads named parameters, each with a default, and says what is wrong with one that cannot be read.</summary>
internal sealed class Parameters(IReadOnlyDictionary<string, string> given)
{
    public string Text(string name, string otherwise) => given.GetValueOrDefault(name, otherwise);

    /// <summary>A number of at least the least.</summary>
    public double Number(string name, double otherwise, double least = 0)
    {
        if (!given.TryGetValue(name, out var text))
        {
            return otherwise;
        }

        return double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) && double.IsFinite(number) && number >= least
            ? number
            : throw new UsageException(
                string.Create(CultureInfo.InvariantCulture, $"--{name} takes a number of {least} or more, not '{text}'. Without it, it is {otherwise}."));
    }

    /// <summary>A number above 0.</summary>
    public double Positive(string name, double otherwise) =>
        Number(name, otherwise) is > 0 and var number
            ? number
            : throw new UsageException(string.Create(CultureInfo.InvariantCulture, $"--{name} takes a number above 0. Without it, it is {otherwise}."));

    /// <summary>A share of 0 … 1.</summary>
    public double Share(string name, double otherwise) =>
        Number(name, otherwise) is <= 1 and var number
            ? number
            : throw new UsageException(string.Create(CultureInfo.InvariantCulture, $"--{name} takes a share of 0 to 1. Without it, it is {otherwise}."));

    public int Count(string name, int otherwise, int least = 0)
    {
        var number = Number(name, otherwise, least);
        return number == Math.Floor(number) && number <= int.MaxValue
            ? (int)number
            : throw new UsageException($"--{name} takes a whole number, not '{given[name]}'. Without it, it is {otherwise}.");
    }

    public bool Switch(string name, bool otherwise) => Text(name, otherwise ? "on" : "off").ToUpperInvariant() switch
    {
        "ON" => true,
        "OFF" => false,
        var text => throw new UsageException($"--{name} is on or off, not '{text}'. Without it, it is {(otherwise ? "on" : "off")}."),
    };
}
