using System.Data.Common;
using ClusterClient.Data;
using ClusterClient.History.Recording;

namespace ClusterClient.History.Workload;

/// <summary>What an operation sends, on whatever connection.</summary>
internal static class Statements
{
    /// <summary>All of it, without beginning or committing.</summary>
    /// <returns>What it read of its list, where it reads.</returns>
    public static async Task<ListRead?> ApplyAsync(DbConnection connection, Operation operation, CancellationToken ct)
    {
        switch (operation.Kind)
        {
            case OperationKind.Append:
                var read = operation.Reads ? await ReadAsync(connection, operation.List, ct) : null;
                await RunAsync(
                    connection,
                    $"INSERT INTO lists AS l VALUES ({operation.List}, ARRAY[{operation.Id}::bigint]) ON CONFLICT (id) DO UPDATE SET elements = l.elements || excluded.elements",
                    ct);
                return read;
            case OperationKind.Transfer:
                // In the accounts' order: what is tried here is not how deadlocks end.
                (int Account, int Change)[] changes = [(operation.From, -operation.Amount), (operation.To, operation.Amount)];
                foreach (var (account, change) in changes.OrderBy(c => c.Account))
                {
                    await RunAsync(connection, $"UPDATE accounts SET balance = balance + {change} WHERE id = {account}", ct);
                }

                await RunAsync(
                    connection, $"INSERT INTO transfers VALUES ({operation.Id}, {operation.From}, {operation.To}, {operation.Amount})", ct);
                return null;
            case OperationKind.Row:
                await RunAsync(connection, $"INSERT INTO plain_rows VALUES ({operation.Id})", ct);
                return null;
            default:
                await RunAsync(connection, $"INSERT INTO upserts VALUES ({operation.Id}) ON CONFLICT DO NOTHING", ct, isIdempotent: true);
                return null;
        }
    }

    /// <summary>The server's name for the transaction that this connection is in.</summary>
    public static async Task<string> TransactionIdAsync(DbConnection connection, CancellationToken ct)
    {
        await using var command = connection.CreateCommand();
        command.CommandText = "SELECT pg_current_xact_id()::text";
        return (string)(await command.ExecuteScalarAsync(ct))!;
    }

    private static async Task RunAsync(DbConnection connection, string sql, CancellationToken ct, bool isIdempotent = false)
    {
        await using var command = connection.CreateCommand();
        command.CommandText = sql;
        if (isIdempotent && command is ClusterCommand declared)
        {
            declared.IsIdempotent = true;
        }

        await command.ExecuteNonQueryAsync(ct);
    }

    private static async Task<ListRead> ReadAsync(DbConnection connection, int list, CancellationToken ct)
    {
        await using var command = connection.CreateCommand();
        command.CommandText = $"SELECT cardinality(elements), elements[cardinality(elements)] FROM lists WHERE id = {list}";
        await using var reader = await command.ExecuteReaderAsync(ct);
        return await reader.ReadAsync(ct) ? new(reader.GetInt32(0), reader.GetInt64(1)) : new(0, 0);
    }
}
