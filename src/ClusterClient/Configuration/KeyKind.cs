namespace ClusterClient.Configuration;

/// <summary>What a key's value is.</summary>
internal enum KeyKind
{
    Text,

    /// <summary>A list of texts.</summary>
    Texts,

    /// <summary>True or false.</summary>
    Flag,

    Integer,

    Number,

    /// <summary>Written as <c>[days.]hh:mm:ss[.fff]</c>.</summary>
    Duration,

    /// <summary>One of <see cref="ConfigurationKey.Choices"/>.</summary>
    Choice,
}
