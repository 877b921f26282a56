namespace ClusterClient.EntityFrameworkCore.Querying;

/// <summary>
/// The tags by which a query says where it is to run. They are part of the query, and so come along with what it is made into: a compiled query, a
/// split query's other statements, a cached command; and they are in the server's log.
/// </summary>
internal static class QueryTag
{
    public const string Replica = "clusterclient: on a replica";
    public const string Primary = "clusterclient: on the primary";

    /// <summary>Of those that are not tracked, where the context's options say so.</summary>
    public const string NoTracking = "clusterclient: not tracked, on a replica";

    private const string Comment = "-- ";

    /// <summary>Where a query is to run that begins with its tags, as comments: true for a replica, false for the primary; null for what has none.</summary>
    public static bool? IsForReplica(ReadOnlySpan<char> text)
    {
        bool? isForReplica = null;
        while (text.StartsWith(Comment))
        {
            var end = text.IndexOf('\n');
            var tag = (end < 0 ? text : text[..end]).TrimEnd()[Comment.Length..];
            text = end < 0 ? [] : text[(end + 1)..].TrimStart();
            if (tag.SequenceEqual(Primary))
            {
                return false;
            }

            isForReplica |= tag.SequenceEqual(Replica) || tag.SequenceEqual(NoTracking) ? true : null;
        }

        return isForReplica;
    }
}
