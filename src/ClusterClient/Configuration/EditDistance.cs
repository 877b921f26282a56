namespace ClusterClient.Configuration;

/// <summary>How many letters have to be typed otherwise to make one word of another, without regard to case.</summary>
internal static class EditDistance
{
    public static int Between(string from, string to)
    {
        var (previous, row) = (new int[to.Length + 1], new int[to.Length + 1]);
        for (var j = 0; j <= to.Length; j++)
        {
            row[j] = j;
        }

        for (var i = 1; i <= from.Length; i++)
        {
            (previous, row) = (row, previous);
            row[0] = i;
            for (var j = 1; j <= to.Length; j++)
            {
                var same = char.ToUpperInvariant(from[i - 1]) == char.ToUpperInvariant(to[j - 1]);
                row[j] = Math.Min(Math.Min(row[j - 1], previous[j]) + 1, previous[j - 1] + (same ? 0 : 1));
            }
        }

        return row[to.Length];
    }
}
