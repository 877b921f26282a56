using System.Buffers;

namespace ClusterClient.Resilience;

/// <summary>
/// Whether a command's text is one statement that the server does wholly or not at all. Only of such a one does an error response prove
/// that nothing was applied: a procedure, a block or a text of several statements may have committed something before it failed.
/// </summary>
/// <remarks>Looked at only after a fault. What it cannot tell for certain is no plain statement: a semicolon inside of a literal is enough.</remarks>
internal static class PlainStatement
{
    private static readonly SearchValues<string> Words = SearchValues.Create(
        ["SELECT", "INSERT", "UPDATE", "DELETE", "MERGE", "WITH", "VALUES", "TABLE", "REPLACE"], StringComparison.OrdinalIgnoreCase);

    public static bool Is(string? text)
    {
        var rest = AfterComments(text);
        var length = 0;
        while (length < rest.Length && char.IsAsciiLetter(rest[length]))
        {
            length++;
        }

        return length > 0 && Words.Contains(rest[..length].ToString())
            && rest.TrimEnd().TrimEnd(';').IndexOf(';') < 0;
    }

    /// <summary>Whether it writes, as far as a look at its first word and a search for a few others can tell. Allocates nothing.</summary>
    public static StatementKind KindOf(string? text)
    {
        var rest = AfterComments(text);
        return Begins(rest, "INSERT") || Begins(rest, "UPDATE") || Begins(rest, "DELETE") || Begins(rest, "MERGE") ? StatementKind.Writes
            : Begins(rest, "SELECT") && rest.TrimEnd().TrimEnd(';').IndexOfAny("(;") < 0
                && !rest.Contains("FOR ", StringComparison.OrdinalIgnoreCase) && !rest.Contains("INTO", StringComparison.OrdinalIgnoreCase)
                ? StatementKind.Reads
            : Ends(rest) ? StatementKind.Ends
            : StatementKind.Unknown;
    }

    /// <summary>
    /// Whether a statement behind the first one looks as if it ended the transaction that the text runs in. One within a literal does as well.
    /// </summary>
    public static bool EndsLater(ReadOnlySpan<char> text)
    {
        while (text.IndexOf(';') is >= 0 and var end)
        {
            text = text[(end + 1)..];
            if (Ends(AfterComments(text)))
            {
                return true;
            }
        }

        return false;
    }

    // Not so one of a prepared transaction, or back to a savepoint.
    private static bool Ends(ReadOnlySpan<char> text)
    {
        text = (text.IndexOf(';') is >= 0 and var end ? text[..end] : text).TrimEnd();
        return Is(text, "COMMIT") || Is(text, "END") || Is(text, "ROLLBACK") || Is(text, "ABORT") ? !Has(text, "PREPARED") && !Has(text, "TO")
            : Is(text, "PREPARE") && Has(text, "TRANSACTION");

        static bool Is(ReadOnlySpan<char> text, string word) => text.Equals(word, StringComparison.OrdinalIgnoreCase) || Begins(text, word);

        static bool Has(ReadOnlySpan<char> text, string word)
        {
            for (var from = 0; text[from..].IndexOf(word, StringComparison.OrdinalIgnoreCase) is >= 0 and var at; from += at + 1)
            {
                var after = from + at + word.Length;
                if (from + at > 0 && char.IsWhiteSpace(text[from + at - 1]) && (after == text.Length || !char.IsAsciiLetterOrDigit(text[after])))
                {
                    return true;
                }
            }

            return false;
        }
    }

    private static bool Begins(ReadOnlySpan<char> text, string word) =>
        text.StartsWith(word, StringComparison.OrdinalIgnoreCase) && text.Length > word.Length && !char.IsAsciiLetterOrDigit(text[word.Length])
        && text[word.Length] != '_';

    /// <summary>The text without the comments and white space that it begins with; from a comment on that servers read differently, all of it.</summary>
    public static ReadOnlySpan<char> AfterComments(ReadOnlySpan<char> text)
    {
        while (true)
        {
            text = text.TrimStart();
            var end = text.StartsWith("--") ? AfterLine(text)
                : text.StartsWith("/*") && text.IndexOf("*/") is >= 0 and var close && IsMere(text[2..close]) ? close + 2
                : 0;
            if (end == 0)
            {
                return text;
            }

            text = text[end..];
        }
    }

    // At a carriage return alone the comment ends for PostgreSQL, and goes on for MySQL and MariaDB: then nothing is certain. 0 is none.
    private static int AfterLine(ReadOnlySpan<char> text) =>
        text.IndexOfAny('\n', '\r') is var end && (end < 0 || text[end] == '\n' || text[end..].StartsWith("\r\n")) ? end + 1 : 0;

    // PostgreSQL nests comments, of which this is then not the end; MySQL and MariaDB execute what some of them contain.
    private static bool IsMere(ReadOnlySpan<char> comment) =>
        comment.IndexOf("/*") < 0 && !comment.StartsWith("!") && !comment.StartsWith("M!");
}
