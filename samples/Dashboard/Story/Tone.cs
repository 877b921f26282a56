namespace Dashboard.Story;

/// <summary>How a sentence is meant.</summary>
internal enum Tone
{
    /// <summary>Worth knowing.</summary>
    Note,

    /// <summary>Something works again.</summary>
    Good,

    /// <summary>Something works less well, and the library copes.</summary>
    Warning,

    /// <summary>Something does not work.</summary>
    Bad,

    /// <summary>What the reader did.</summary>
    Reader,
}
