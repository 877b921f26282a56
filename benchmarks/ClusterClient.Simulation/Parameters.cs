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

        var isNumber = double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) && double.IsFinite(number);
        return isNumber && number >= least ? number : throw Refusal($"--{name} takes a number of {least} or more, not '{text}'.", otherwise);
    }

    /// <summary>A number above 0.</summary>
    public double Positive(string name, double otherwise) =>
        Number(name, otherwise) is > 0 and var number
            ? number
            : throw Refusal($"--{name} takes a number above 0.", otherwise);

    /// <summary>A share of 0 … 1.</summary>
    public double Share(string name, double otherwise) =>
        Number(name, otherwise) is <= 1 and var number
            ? number
            : throw Refusal($"--{name} takes a share of 0 to 1.", otherwise);

    public int Count(string name, int otherwise, int least = 0)
    {
        var number = Number(name, otherwise, least);
        return number == Math.Floor(number) && number <= int.MaxValue
            ? (int)number
            : throw Refusal($"--{name} takes a whole number, not '{given[name]}'.", otherwise);
    }

    /// <summary>A number of 1 or more, or none.</summary>
    public int? OptionalCount(string name) =>
        !given.TryGetValue(name, out var text) ? null
        : int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var count) && count > 0 ? count
        : throw new UsageException($"--{name} takes a whole number of 1 or more, not '{text}'.");

    public bool Switch(string name, bool otherwise) => Text(name, otherwise ? "on" : "off").ToUpperInvariant() switch
    {
        "ON" => true,
        "OFF" => false,
        _ => throw new UsageException($"--{name} is on or off, not '{given[name]}'. Without it, it is {(otherwise ? "on" : "off")}."),
    };

    private static UsageException Refusal(FormattableString what, double otherwise) =>
        new(string.Create(CultureInfo.InvariantCulture, $"{FormattableString.Invariant(what)} Without it, it is {otherwise}."));
}
