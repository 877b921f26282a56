using System.Runtime.CompilerServices;
using Npgsql;

namespace ClusterClient.Npgsql;

/// <summary>
/// Asks a node's pool how many connections it holds, which tells an open that takes one from an open that makes one.
/// </summary>
/// <remarks>
/// Npgsql counts them for its metrics only; one of its private members is named here. It is asked once when the node is made: should
/// a version lack it, or count in another way, nothing is told, and whoever asks must expect every open to connect.
/// </remarks>
internal sealed class NpgsqlPool
{
    private readonly NpgsqlDataSource _source;
    private readonly int _limit;

    private NpgsqlPool(NpgsqlDataSource source, int limit) => (_source, _limit) = (source, limit);

    /// <summary>Idle connections; several callers may be on their way to one.</summary>
    public bool HasIdle => Count(_source).Idle > 0;

    public bool WillConnect
    {
        get
        {
            var count = Count(_source);
            return count.Idle <= 0 && count.Total < _limit;
        }
    }

    /// <summary>Null when this version of the driver does not tell.</summary>
    public static NpgsqlPool? Of(NpgsqlDataSource source, int limit)
    {
        try
        {
            // The member belongs to this class; asked of another, it would read what is not there.
            return source.GetType().FullName == "Npgsql.PoolingDataSource" && Count(source) is { Total: 0, Idle: 0 } ? new(source, limit) : null;
        }
        catch (Exception e) when (e is MissingMemberException or TypeLoadException or BadImageFormatException)
        {
            return null;
        }
    }

    [UnsafeAccessor(UnsafeAccessorKind.Method, Name = "get_Statistics")]
    private static extern (int Total, int Idle, int Busy) Count([UnsafeAccessorType("Npgsql.PoolingDataSource, Npgsql")] object source);
}
