namespace ClusterClient.Resilience;

/// <summary>
/// Whether a command's text may write, told from its first word: all that does not begin with a word that only reads or steers the session.
/// </summary>
/// <remarks>
/// For counting, not for safety: a function that writes is missed in a SELECT, and a WITH or a reading procedure is taken for a write. On
/// the path of every command, so nothing is allocated. A text that goes on after a semicolon may write in its second statement.
/// </remarks>
internal static class WritingStatement
{
    private const int LongestWord = 10;

    public static bool Is(string text)
    {
        var rest = text is ['S' or 's' or 'I' or 'i' or 'U' or 'u' or 'D' or 'd', ..] ? text : PlainStatement.AfterComments(text);
        var length = 0;
        while (length < rest.Length && char.IsAsciiLetter(rest[length]))
        {
            length++;
        }

        return length is 0 or > LongestWord ? !rest.IsEmpty : !OnlyReads(rest[..length]) || GoesOn(rest[length..]);
    }

    private static bool GoesOn(ReadOnlySpan<char> rest) => rest.IndexOf(';') is >= 0 and var end && !rest[end..].Trim("; \r\n\t").IsEmpty;

    private static bool OnlyReads(ReadOnlySpan<char> word) => (word[0] | ' ') switch
    {
        's' => Is(word, "SELECT") || Is(word, "SET") || Is(word, "SHOW") || Is(word, "START") || Is(word, "SAVEPOINT"),
        'b' => Is(word, "BEGIN"),
        'c' => Is(word, "CLOSE"),
        'd' => Is(word, "DECLARE") || Is(word, "DEALLOCATE") || Is(word, "DISCARD") || Is(word, "DESCRIBE"),
        'f' => Is(word, "FETCH"),
        'l' => Is(word, "LISTEN"),
        'm' => Is(word, "MOVE"),
        'p' => Is(word, "PREPARE"),
        'r' => Is(word, "ROLLBACK") || Is(word, "RELEASE") || Is(word, "RESET"),
        't' => Is(word, "TABLE"),
        'u' => Is(word, "UNLISTEN") || Is(word, "USE"),
        'v' => Is(word, "VALUES"),
        _ => false,
    };

    private static bool Is(ReadOnlySpan<char> word, string other) => word.Equals(other, StringComparison.OrdinalIgnoreCase);
}
