namespace ClusterClient;

/// <summary>Something that is wrong with a cluster's settings. Immutable.</summary>
/// <param name="Key">Where it stands in a configuration, below the cluster's own section; null for what only code can set.</param>
/// <param name="Sentence">What is wrong and what to change, as code has it.</param>
internal readonly record struct SettingError(string? Key, string Sentence)
{
    /// <summary>One whose sentence begins with the setting: <c>Retry.MaxRetries is …</c>.</summary>
    public static SettingError About(string sentence) =>
        new(sentence[..sentence.IndexOf(' ', StringComparison.Ordinal)].Replace('.', ':'), sentence);

    /// <summary>One of a configuration alone.</summary>
    /// <param name="key">Where it stands.</param>
    /// <param name="predicate">The rest of the sentence that begins with the key.</param>
    public static SettingError Of(string key, string predicate) => new(key, $"{Setting(key)} {predicate}");

    /// <summary>The same, for somebody who looks at the configuration: with the whole key.</summary>
    public string Under(string section) =>
        Key is null ? $"{section}: {Sentence}"
        : Sentence.StartsWith($"{Setting(Key)} ", StringComparison.Ordinal) ? $"{section}:{Key}{Sentence[Key.Length..]}"
        : $"{section}:{Key}: {Sentence}";

    private static string Setting(string key) => key.Replace(':', '.');
}
