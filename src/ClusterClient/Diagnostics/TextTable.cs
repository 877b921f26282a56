using System.Text;

namespace ClusterClient.Diagnostics;

/// <summary>Rows of cells as text for operators: columns as wide as they need be, two spaces between them.</summary>
internal static class TextTable
{
    /// <summary>Appends each row on a line of its own.</summary>
    /// <param name="text">Where to.</param>
    /// <param name="rows">All with the same number of cells, the header among them.</param>
    /// <param name="isLeft">Whether a column is aligned to the left; to the right otherwise.</param>
    public static void Append(StringBuilder text, List<string[]> rows, Func<int, bool> isLeft)
    {
        var widths = rows[0].Select((_, column) => rows.Max(r => r[column].Length)).ToArray();
        foreach (var row in rows)
        {
            var line = new StringBuilder();
            for (var i = 0; i < row.Length; i++)
            {
                line.Append("  ").Append(isLeft(i) ? row[i].PadRight(widths[i]) : row[i].PadLeft(widths[i]));
            }

            text.AppendLine().Append(line.ToString().TrimEnd());
        }
    }
}
