using System.Net.Sockets;
using System.Runtime.CompilerServices;
using Npgsql;

namespace ClusterClient.Npgsql;

/// <summary>
/// Ends a connection under its user by ending its socket. Neither a cancelled token nor Close ends a call on a hung server within
/// seconds, because Npgsql then tries to tell the server first; without a socket it returns at once.
/// </summary>
/// <remarks>
/// Npgsql offers no public way, so two of its private members are named here. Should a version lack them, asynchronous calls on a
/// hung server are abandoned, synchronous ones last until the driver's own timeouts, and everything else works as before.
/// </remarks>
internal static class NpgsqlAbort
{
    /// <summary>Whether this version of Npgsql has those members. Asks without a connection, so it can be asked before there is one.</summary>
    public static bool IsPossible()
    {
        try
        {
            using var closed = new NpgsqlConnection();
            _ = Connector(closed);
            _ = Socket(null!);
            return true;
        }
        catch (NullReferenceException)
        {
            // Found, and read from nothing.
            return true;
        }
        catch (Exception e) when (e is MissingMemberException or TypeLoadException)
        {
            return false;
        }
    }

    /// <summary>What is behind an open connection; null when it is closed, or this version of Npgsql does not tell.</summary>
    public static object? ConnectorOf(NpgsqlConnection connection)
    {
        try
        {
            return Connector(connection);
        }
        catch (Exception e) when (e is MissingMemberException or TypeLoadException)
        {
            return null;
        }
    }

    public static bool TryAbort(NpgsqlConnection connection)
    {
        try
        {
            if (Connector(connection) is not { } connector || Socket(connector) is not { } socket)
            {
                return false;
            }

            // Shut down, not disposed: the driver reads the end of its stream, while its other uses of the socket stay valid.
            socket.Shutdown(SocketShutdown.Both);
            return true;
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // It has ended by itself meanwhile.
            return true;
        }
        catch (Exception e) when (e is MissingMemberException or TypeLoadException)
        {
            return false;
        }
    }

    /// <summary>The physical connection, only where <see cref="IsPossible"/>; null when there is none.</summary>
    [UnsafeAccessor(UnsafeAccessorKind.Method, Name = "get_Connector")]
    [return: UnsafeAccessorType("Npgsql.Internal.NpgsqlConnector, Npgsql")]
    public static extern object? Connector(NpgsqlConnection connection);

    [UnsafeAccessor(UnsafeAccessorKind.Field, Name = "_socket")]
    private static extern ref Socket? Socket([UnsafeAccessorType("Npgsql.Internal.NpgsqlConnector, Npgsql")] object connector);
}
