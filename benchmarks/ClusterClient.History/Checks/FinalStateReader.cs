using ClusterClient.History.Workload;
using Npgsql;

namespace ClusterClient.History.Checks;

/// <summary>Reads what a server has, past the library and its proxy, all of it as of one moment.</summary>
internal static class FinalStateReader
{
    public static async Task<FinalState> ReadAsync(string connectionString, CancellationToken ct)
    {
        await using var connection = new NpgsqlConnection(connectionString);
        await connection.OpenAsync(ct);
        await using var transaction = await connection.BeginTransactionAsync(System.Data.IsolationLevel.RepeatableRead, ct);
        return new()
        {
            Lists = (await RowsAsync("SELECT id, elements FROM lists", r => (Id: r.GetInt32(0), Elements: r.GetFieldValue<long[]>(1))))
                .ToDictionary(l => l.Id, IReadOnlyList<long> (l) => l.Elements),
            Balances = (await RowsAsync("SELECT id, balance FROM accounts", r => (Id: r.GetInt32(0), Balance: r.GetInt64(1))))
                .ToDictionary(a => a.Id, a => a.Balance),
            Transfers = await RowsAsync(
                "SELECT id, payer, payee, amount FROM transfers", r => new TransferRow(r.GetInt64(0), r.GetInt32(1), r.GetInt32(2), r.GetInt32(3))),
            Rows = await RowsAsync("SELECT id FROM plain_rows", r => r.GetInt64(0)),
            Upserts = await RowsAsync("SELECT id FROM upserts", r => r.GetInt64(0)),
            InitialBalance = Schema.InitialBalance,
        };

        async Task<List<T>> RowsAsync<T>(string sql, Func<NpgsqlDataReader, T> row)
        {
            await using var command = new NpgsqlCommand(sql, connection, transaction);
            await using var reader = await command.ExecuteReaderAsync(ct);
            var rows = new List<T>();
            while (await reader.ReadAsync(ct))
            {
                rows.Add(row(reader));
            }

            return rows;
        }
    }
}
