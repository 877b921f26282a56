using System.Globalization;
using ClusterClient.Configuration;

namespace ClusterClient.Hosting.Tests;

/// <summary>Values of keys as a configuration would have them.</summary>
internal static class KeyTexts
{
    public static string Of(object? value) => value switch
    {
        null => "",
        bool flag => flag ? "true" : "false",
        TimeSpan time => time.ToString(time.Milliseconds == 0 ? "c" : @"hh\:mm\:ss\.fff", CultureInfo.InvariantCulture),
        _ => Convert.ToString(value, CultureInfo.InvariantCulture)!,
    };

    /// <summary>Which values are allowed, in words; empty where all of its kind are.</summary>
    public static string Range(ConfigurationKey key) => (key.Least, key.Greatest) switch
    {
        (null, null) => "",
        ({ } least, null) => key.IsAboveLeast ? $"More than {Of(least)}" : $"{Of(least)} or more",
        ({ } least, { } greatest) => key.IsAboveLeast ? $"More than {Of(least)}, at most {Of(greatest)}" : $"{Of(least)} to {Of(greatest)}",
        (null, { } greatest) => $"At most {Of(greatest)}",
    };
}
