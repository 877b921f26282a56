using System.Globalization;

namespace ClusterClient.Npgsql.Tests;

/// <summary>Reads numbers out of an explanation's table.</summary>
internal static class Explained
{
    private const string Column = "in flight";

    /// <summary>Requests in flight at a node, or at all of them.</summary>
    public static int InFlight(string explanation, string? node = null)
    {
        var lines = explanation.Split(Environment.NewLine);
        var header = Array.FindIndex(lines, l => l.Contains(Column, StringComparison.Ordinal));
        Assert.True(header >= 0, explanation);
        var at = lines[header].IndexOf(Column, StringComparison.Ordinal);
        var rows = lines[(header + 1)..].Where(l => l.Length > at && (node is null || l.StartsWith($"  {node} ", StringComparison.Ordinal))).ToArray();
        Assert.NotEmpty(rows);
        return rows.Sum(l => int.Parse(l.AsSpan(at, Column.Length), NumberStyles.AllowLeadingWhite, CultureInfo.InvariantCulture));
    }
}
