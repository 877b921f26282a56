using System.Diagnostics;
using System.Text;

namespace ClusterClient.Diagnostics;

/// <summary>A trace's context in the words of a server: a statement's comment, or a session's name.</summary>
internal static class TraceContext
{
    /// <summary>Of a name, PostgreSQL keeps no more; the standard's own value has 55.</summary>
    private const int LongestName = 63;

    /// <summary>Vendors' states may be as long as they like, and each statement carries them.</summary>
    private const int LongestComment = 512;

    private const string Begin = "\n/*";
    private const string End = "*/";

    /// <summary>The present trace as a comment; null where there is none, or it is not recorded.</summary>
    public static string? Comment()
    {
        if (Activity.Current is not { Recorded: true } current)
        {
            return null;
        }

        var comment = new StringBuilder(Begin);
        DistributedContextPropagator.Current.Inject(current, comment, static (carrier, name, value) =>
        {
            var comment = (StringBuilder)carrier!;
            if (!string.IsNullOrEmpty(value) && !IsBaggage(name))
            {
                // Encoded, nothing can end the comment or the value in it.
                var field = $"{(comment.Length > Begin.Length ? "," : "")}{Uri.EscapeDataString(name)}='{Uri.EscapeDataString(value)}'";
                comment.Append(comment.Length + field.Length + End.Length <= LongestComment ? field : "");
            }
        });
        return comment.Length > Begin.Length ? comment.Append(End).ToString() : null;
    }

    /// <summary>A trace as a session's name; null where it is not recorded, or has none that is fit for it.</summary>
    public static string? Name(Activity? activity)
    {
        if (activity is not { Recorded: true })
        {
            return null;
        }

        var name = new StringBuilder();
        DistributedContextPropagator.Current.Inject(activity, name, static (carrier, field, value) =>
        {
            var name = (StringBuilder)carrier!;
            if (name.Length == 0 && !string.IsNullOrEmpty(value) && value.Length <= LongestName && !IsBaggage(field) && value.All(IsPlain))
            {
                name.Append(value);
            }
        });
        return name.Length > 0 ? name.ToString() : null;
    }

    /// <summary>Whether the application's own text has such a comment.</summary>
    public static bool IsIn(string text) => text.Contains("traceparent='", StringComparison.Ordinal);

    /// <summary>The text with the comment behind its last word: what ends the statement goes on doing so, also where that was in a comment.</summary>
    public static string Append(string text, string comment)
    {
        var end = EndOf(text);
        return end == 0 ? text : string.Concat(text.AsSpan(0, end), comment, text.AsSpan(end));
    }

    /// <summary>The text as it was before.</summary>
    public static string Remove(string text)
    {
        var end = EndOf(text);
        var begin = text.AsSpan(0, end).EndsWith(End) ? text.LastIndexOf(Begin, end - 1, StringComparison.Ordinal) : -1;
        return begin < 0 ? text : string.Concat(text.AsSpan(0, begin), text.AsSpan(end));
    }

    private static int EndOf(string text)
    {
        var end = text.Length;
        while (end > 0 && (text[end - 1] == ';' || char.IsWhiteSpace(text[end - 1])))
        {
            end--;
        }

        return end;
    }

    private static bool IsBaggage(string name) =>
        name.Equals("baggage", StringComparison.OrdinalIgnoreCase) || name.Equals("Correlation-Context", StringComparison.OrdinalIgnoreCase);

    private static bool IsPlain(char c) => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.' or ':' or '=' or ',' or '|';
}
