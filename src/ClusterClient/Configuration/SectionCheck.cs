using System.Collections.Immutable;
using System.Globalization;
using Microsoft.Extensions.Configuration;

namespace ClusterClient.Configuration;

/// <summary>
/// Holds a section against <see cref="ConfigurationKeys"/> before it is bound: the binder passes over keys that it does not know, and stops at
/// the first value that it cannot read.
/// </summary>
internal sealed class SectionCheck
{
    private const string Element = "*";

    private readonly List<SettingError> _errors = [];
    private readonly ImmutableDictionary<string, string?>.Builder _readable =
        ImmutableDictionary.CreateBuilder<string, string?>(StringComparer.OrdinalIgnoreCase);

    private SectionCheck()
    {
    }

    public static SectionReport Of(IConfigurationSection section)
    {
        var check = new SectionCheck();
        if (!string.IsNullOrEmpty(section.Value))
        {
            // As a key of its own, below which nothing is.
            check._errors.Add(new(null, $"This is a value, and should be a section with keys below it: {Names("")}."));
        }

        check.Group(section, "", "");
        return new([.. check._errors], check._readable.ToImmutable());
    }

    private void Group(IConfigurationSection group, string path, string pattern)
    {
        foreach (var child in group.GetChildren())
        {
            Key(child, Below(path, child.Key), Below(pattern, pattern == "Nodes" ? Element : child.Key));
        }
    }

    private void Key(IConfigurationSection section, string path, string pattern)
    {
        if (ConfigurationKeys.All.FirstOrDefault(k => Same(k.Path, pattern)) is { } key)
        {
            Value(section, path, key);
        }
        else if (!ConfigurationKeys.All.Any(k => k.Path.StartsWith($"{pattern}:", StringComparison.OrdinalIgnoreCase)))
        {
            Add(path, Unknown(section.Key, pattern));
        }
        else if (!string.IsNullOrEmpty(section.Value))
        {
            Add(path, Same(pattern, "Nodes") ? "is a value; make it a list with an entry for each server." : $"is a value; set the keys below it: {Names(pattern)}.");
        }
        else
        {
            // In the table's spelling: what follows compares no cases.
            Group(section, path, Same(pattern, "Nodes") ? "Nodes" : pattern);
        }
    }

    private void Value(IConfigurationSection section, string path, ConfigurationKey key)
    {
        if (key.Kind == KeyKind.Texts)
        {
            Texts(section, path);
        }
        else if (section.GetChildren().Any())
        {
            Add(path, $"has keys below it; set it to {Expected(key)}.");
        }
        else if (section.Value is { } value)
        {
            if (IsReadable(value, key))
            {
                _readable[path] = value;
            }
            else
            {
                Add(path, $"is '{value}'; set it to {Expected(key)}.");
            }
        }
    }

    private void Texts(IConfigurationSection section, string path)
    {
        // An empty list comes as an empty value.
        if (!string.IsNullOrEmpty(section.Value))
        {
            Add(path, $"is '{section.Value}'; make it a list, such as [\"{section.Value}\"].");
        }

        foreach (var element in section.GetChildren())
        {
            if (element.GetChildren().Any())
            {
                Add(Below(path, element.Key), "has keys below it; set it to a text.");
            }
            else if (element.Value is { } value)
            {
                _readable[Below(path, element.Key)] = value;
            }
        }
    }

    private static bool IsReadable(string value, ConfigurationKey key) => key.Kind switch
    {
        KeyKind.Flag => bool.TryParse(value, out _),
        KeyKind.Integer => int.TryParse(value, NumberStyles.Integer, CultureInfo.InvariantCulture, out _),
        KeyKind.Number => double.TryParse(value, NumberStyles.Float, CultureInfo.InvariantCulture, out _),
        // Without a colon it would be read as days.
        KeyKind.Duration => value.Contains(':', StringComparison.Ordinal) && TimeSpan.TryParse(value, CultureInfo.InvariantCulture, out _),
        KeyKind.Choice => key.Choices.Contains(value, StringComparer.OrdinalIgnoreCase),
        _ => true,
    };

    private static string Expected(ConfigurationKey key) => key.Kind switch
    {
        KeyKind.Flag => "true or false",
        KeyKind.Integer => "a whole number",
        KeyKind.Number => "a number",
        KeyKind.Duration => "hours, minutes and seconds, such as \"00:00:30\" for 30 s",
        KeyKind.Choice => string.Join(" or ", key.Choices),
        _ => "a text",
    };

    private static string Unknown(string name, string pattern)
    {
        var parent = pattern.Contains(':', StringComparison.Ordinal) ? pattern[..pattern.LastIndexOf(':')] : "";
        return Siblings(parent).Select(s => (Name: s, Distance: EditDistance.Between(name, s))).MinBy(s => s.Distance) is var nearest
            && nearest.Distance <= Math.Max(2, name.Length / 3)
            ? $"is no key that is known; is it {nearest.Name} that is meant?"
            : $"is no key that is known; here are {Names(parent)}.";
    }

    private static IEnumerable<string> Siblings(string parent)
    {
        var depth = parent.Length == 0 ? 0 : parent.Length + 1;
        return ConfigurationKeys.All
            .Where(k => depth == 0 || k.Path.StartsWith($"{parent}:", StringComparison.OrdinalIgnoreCase))
            .Select(k => k.Path[depth..].Split(':')[0]).Distinct();
    }

    private static string Names(string parent) => string.Join(", ", Siblings(parent));

    private static string Below(string path, string key) => path.Length == 0 ? key : $"{path}:{key}";

    private static bool Same(string a, string b) => string.Equals(a, b, StringComparison.OrdinalIgnoreCase);

    private void Add(string path, string predicate) => _errors.Add(SettingError.Of(path, predicate));
}
