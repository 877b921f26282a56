using System.Globalization;
using System.Reflection;
using ClusterClient.Configuration;
using ClusterClient.Resilience;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using static ClusterClient.Hosting.Tests.Registrations;

namespace ClusterClient.Hosting.Tests;

/// <summary>The table of keys against the options and settings that it stands for.</summary>
public sealed class ConfigurationKeysTests
{
    public static TheoryData<string> Paths => [.. ConfigurationKeys.All.Select(k => k.Path)];

    [Fact]
    public void All_Options_HaveAKeyForEachProperty() => Assert.Equal(
        Properties(typeof(ClusterDataSourceOptions), "").Order(StringComparer.Ordinal), ConfigurationKeys.All.Select(k => k.Path).Order(StringComparer.Ordinal));

    /// <summary>Everything that code can set a configuration can, but for what is code.</summary>
    [Fact]
    public void All_Settings_HaveAKeyForEachProperty() => Assert.Equal(
        ["Retry:Pipeline"],
        new[] { (typeof(ClusterOptions), ""), (typeof(RetryPolicy), "Retry:"), (typeof(HedgingPolicy), "Hedging:"), (typeof(ConcurrencyLimits), "Limits:"), (typeof(CircuitSettings), "Circuit:") }
            .SelectMany(t => t.Item1.GetProperties(BindingFlags.Instance | BindingFlags.Public).Where(p => p.CanWrite).Select(p => t.Item2 + p.Name))
            .Except(ConfigurationKeys.All.SelectMany(k => new[] { k.Path, k.Path.Split(':')[0] })));

    [Theory]
    [MemberData(nameof(Paths))]
    public void Value_KeyIsSet_IsRead(string path)
    {
        var key = ConfigurationKeys.All.Single(k => k.Path == path);
        var (set, unset) = (Options((path.Replace("*", "0", StringComparison.Ordinal), Sample(key))), Options());
        Assert.NotEqual(key.Value(unset), key.Value(set));
        foreach (var other in ConfigurationKeys.All.Where(k => k.Path != path && !k.Path.StartsWith("Nodes", StringComparison.Ordinal)))
        {
            Assert.Equal(other.Value(unset), other.Value(set));
        }
    }

    [Theory]
    [MemberData(nameof(Paths))]
    public void Default_Key_IsThatOfTheSettings(string path)
    {
        var key = ConfigurationKeys.All.Single(k => k.Path == path);
        var settings = new ClusterOptions();
        object? real = path switch
        {
            "Retry:Enabled" => settings.Retry != RetryPolicy.None,
            "Limits:Enabled" => settings.Limits != ConcurrencyLimits.None,
            "Circuit:Enabled" => settings.Circuit is not null,
            "Nodes:*:Weight" => 1.0,
            "Discovery" => "Static",
            _ when path.Contains('*', StringComparison.Ordinal) || path.Split(':')[0] is "ConnectionString" or "Location" or "RestrictReads" or "RestrictWrites" => null,
            _ => path.Split(':').Aggregate((object?)settings, (of, name) => of!.GetType().GetProperty(name)!.GetValue(of)),
        };
        Assert.Equal(real, key.Default);
    }

    /// <summary>The table's bounds are the ones that the settings are held against.</summary>
    [Theory]
    [MemberData(nameof(Paths))]
    public void Bounds_Key_AreThoseOfTheSettings(string path)
    {
        var key = ConfigurationKeys.All.Single(k => k.Path == path);
        foreach (var (bound, isWithin, beyond) in new[] { (key.Least, !key.IsAboveLeast, -1), (key.Greatest, true, 1) })
        {
            if (bound is null)
            {
                continue;
            }

            Assert.Equal(isWithin, !Refuses(path, bound));
            Assert.True(Refuses(path, Beyond(bound, beyond)));
        }
    }

    private static bool Refuses(string path, object value)
    {
        (string, string?)[] settings =
        [
            .. Valid,
            (path.Replace("*", "0", StringComparison.Ordinal), Convert.ToString(value, CultureInfo.InvariantCulture)),
            // What a bound depends on gives way.
            .. path switch
            {
                "Retry:FirstDelay" => [("Retry:MaxDelay", "00:10:00")],
                "Retry:MaxDelay" => [("Retry:FirstDelay", "00:00:00")],
                "Limits:Floor" => [("Limits:Initial", "10000"), ("Limits:Ceiling", "10000")],
                "Limits:Initial" => [("Limits:Floor", "1"), ("Limits:Ceiling", "10000")],
                "Limits:Ceiling" => [("Limits:Floor", "1"), ("Limits:Initial", "1")],
                "Circuit:BreakDuration" => [("Circuit:MaxBreakDuration", "1.00:00:00")],
                "Circuit:MaxBreakDuration" => [("Circuit:BreakDuration", "00:00:00.010")],
                _ => Array.Empty<(string, string?)>(),
            },
        ];
        using var services = Orders(Configured(settings));
        try
        {
            _ = services.GetRequiredService<ClusterDataSource>();
            return false;
        }
        catch (OptionsValidationException e)
        {
            Assert.All(e.Failures, f => Assert.StartsWith($"{Section}:", f, StringComparison.Ordinal));
            return true;
        }
    }

    private static object Beyond(object bound, int by) => bound switch
    {
        int number => number + by,
        double number => number + (by * 0.0001),
        TimeSpan time => time + TimeSpan.FromTicks(by),
        _ => throw new NotSupportedException($"{bound}"),
    };

    /// <summary>A value that differs from the default.</summary>
    private static string Sample(ConfigurationKey key) => key.Kind switch
    {
        KeyKind.Flag => key.Default is true ? "false" : "true",
        KeyKind.Integer => "7",
        KeyKind.Number => "0.75",
        KeyKind.Duration => "00:00:07",
        KeyKind.Choice => key.Choices[^1],
        _ => "x",
    };

    private static ClusterDataSourceOptions Options(params (string Key, string? Value)[] settings)
    {
        var options = new ClusterDataSourceOptions();
        // Texts are a list.
        var all = settings.Select(s => s.Key.EndsWith("Allow", StringComparison.Ordinal) || s.Key.EndsWith("Deny", StringComparison.Ordinal) ? (s.Key + ":0", s.Value) : s);
        new SectionReader("orders", Configured([.. all]).GetSection(Section)).Configure("orders", options);
        Assert.Empty(options.Report!.Errors);
        return options;
    }

    private static IEnumerable<string> Properties(Type type, string prefix) => type.GetProperties(BindingFlags.Instance | BindingFlags.Public).SelectMany(p =>
        p.PropertyType == typeof(IList<ClusterNodeOptions>) ? Properties(typeof(ClusterNodeOptions), $"{prefix}{p.Name}:*:")
        : p.PropertyType.Namespace == typeof(ClusterDataSourceOptions).Namespace ? Properties(p.PropertyType, $"{prefix}{p.Name}:")
        : [$"{prefix}{p.Name}"]);
}
