using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace ClusterClient.Testing.Servers;

/// <summary>
/// The least of PostgreSQL's protocol 3.0 that runs a statement: trust authentication, simple query, rows as text. It is here
/// so that this package brings no driver, and with it no version of one, into anybody's tests.
/// </summary>
/// <threadsafety>One statement at a time.</threadsafety>
internal sealed class WireConnection : IAsyncDisposable
{
    private const int ProtocolVersion3 = 3 << 16;

    private static readonly TimeSpan OpenLimit = TimeSpan.FromSeconds(10);

    private readonly NetworkStream _stream;

    private WireConnection(Socket socket) => _stream = new NetworkStream(socket, ownsSocket: true);

    /// <exception cref="SocketException">Nothing listens there.</exception>
    /// <exception cref="PostgresErrorException">The server refuses, for one because it is still starting up (57P03).</exception>
    /// <exception cref="TimeoutException">The server has not answered in 10 s, as a hung one does not.</exception>
    public static async Task<WireConnection> OpenAsync(int port, string database, CancellationToken ct)
    {
        using var deadline = new CancellationTokenSource(OpenLimit, TimeProvider.System);
        using var bounded = CancellationTokenSource.CreateLinkedTokenSource(ct, deadline.Token);
        try
        {
            return await ConnectAsync(port, database, bounded.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (!ct.IsCancellationRequested)
        {
            throw new TimeoutException($"The server on port {port} has not answered for {OpenLimit}.");
        }
    }

    /// <summary>Runs one or more statements and returns the rows of all of them.</summary>
    public async Task<List<string?[]>> QueryAsync(string sql, CancellationToken ct)
    {
        await SendAsync((byte)'Q', null, sql + "\0", ct).ConfigureAwait(false);
        return await ReadUntilReadyAsync(ct).ConfigureAwait(false);
    }

    /// <summary>The first column of the first row; null when there is none.</summary>
    public async Task<string?> ScalarAsync(string sql, CancellationToken ct) =>
        await QueryAsync(sql, ct).ConfigureAwait(false) is [[var value, ..], ..] ? value : null;

    public ValueTask DisposeAsync() => _stream.DisposeAsync();

    private static async Task<WireConnection> ConnectAsync(int port, string database, CancellationToken ct)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(IPAddress.Loopback, port, ct).ConfigureAwait(false);
            var connection = new WireConnection(socket);
            var startup = $"user\0postgres\0database\0{database}\0application_name\0ClusterClient.Testing\0\0";
            await connection.SendAsync(null, ProtocolVersion3, startup, ct).ConfigureAwait(false);
            await connection.ReadUntilReadyAsync(ct).ConfigureAwait(false);
            return connection;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    private async Task SendAsync(byte? type, int? number, string text, CancellationToken ct)
    {
        var head = type is null ? 0 : 1;
        var body = head + 4 + (number is null ? 0 : 4);
        var message = new byte[body + Encoding.UTF8.GetByteCount(text)];
        if (type is { } kind)
            message[0] = kind;
        BinaryPrimitives.WriteInt32BigEndian(message.AsSpan(head), message.Length - head);
        if (number is { } value)
            BinaryPrimitives.WriteInt32BigEndian(message.AsSpan(head + 4), value);
        Encoding.UTF8.GetBytes(text, message.AsSpan(body));
        await _stream.WriteAsync(message, ct).ConfigureAwait(false);
    }

    private async Task<List<string?[]>> ReadUntilReadyAsync(CancellationToken ct)
    {
        var rows = new List<string?[]>();
        var header = new byte[5];
        PostgresErrorException? error = null;
        while (true)
        {
            await _stream.ReadExactlyAsync(header, ct).ConfigureAwait(false);
            var body = new byte[BinaryPrimitives.ReadInt32BigEndian(header.AsSpan(1)) - 4];
            await _stream.ReadExactlyAsync(body, ct).ConfigureAwait(false);
            switch ((char)header[0])
            {
                case 'D':
                    rows.Add(ReadRow(body));
                    break;
                // A fatal error ends the connection: no "ready" follows it.
                case 'E' when ReadError(body) is var found && (error ??= found.Error) is not null && found.Fatal:
                    throw error;
                case 'R' when BinaryPrimitives.ReadInt32BigEndian(body) != 0:
                    throw new NotSupportedException("The server asks for a password; only trust authentication is spoken here.");
                case 'G':
                    throw new NotSupportedException("COPY FROM STDIN is not spoken here; use INSERT.");
                case 'Z' when error is not null:
                    throw error;
                case 'Z':
                    return rows;
            }
        }
    }

    private static string?[] ReadRow(ReadOnlySpan<byte> body)
    {
        var row = new string?[BinaryPrimitives.ReadInt16BigEndian(body)];
        body = body[2..];
        for (var i = 0; i < row.Length; i++)
        {
            var length = BinaryPrimitives.ReadInt32BigEndian(body);
            body = body[4..];
            if (length < 0)
                continue;
            row[i] = Encoding.UTF8.GetString(body[..length]);
            body = body[length..];
        }

        return row;
    }

    private static (PostgresErrorException Error, bool Fatal) ReadError(ReadOnlySpan<byte> body)
    {
        var (severity, sqlState, message) = ("", "", "");
        foreach (var field in Encoding.UTF8.GetString(body).Split('\0'))
        {
            switch (field)
            {
                case ['V', ..]: severity = field[1..]; break;
                case ['C', ..]: sqlState = field[1..]; break;
                case ['M', ..]: message = field[1..] + message; break;
                case ['D', ..]: message += " (" + field[1..] + ")"; break;
            }
        }

        return (new PostgresErrorException(sqlState, message), severity is "FATAL" or "PANIC");
    }
}
