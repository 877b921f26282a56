using System.Data.Common;

namespace ClusterClient.Benchmarks.Transactions;

/// <summary>What is done in a transaction: an account is read and locked, changed, and the change written down. Values by their places.</summary>
internal static class Transfer
{
    private const string Lock = "SELECT balance FROM accounts WHERE id = $1 FOR UPDATE";
    private const string Change = "UPDATE accounts SET balance = balance + $2 WHERE id = $1";
    private const string Note = "INSERT INTO transfers (account, amount) VALUES ($1, $2)";

    public static void Run(DbConnection connection, DbTransaction? transaction)
    {
        var account = Random.Shared.Next(1, TransactionServers.Accounts + 1);
        using (var command = Command(connection, transaction, Lock, account))
        {
            command.ExecuteScalar();
        }

        using (var command = Command(connection, transaction, Change, account, 1))
        {
            command.ExecuteNonQuery();
        }

        using (var command = Command(connection, transaction, Note, account, 1))
        {
            command.ExecuteNonQuery();
        }
    }

    public static async Task RunAsync(DbConnection connection, DbTransaction? transaction, CancellationToken caller = default)
    {
        var account = Random.Shared.Next(1, TransactionServers.Accounts + 1);
        await using (var command = Command(connection, transaction, Lock, account))
        {
            await command.ExecuteScalarAsync(caller);
        }

        await using (var command = Command(connection, transaction, Change, account, 1))
        {
            await command.ExecuteNonQueryAsync(caller);
        }

        await using (var command = Command(connection, transaction, Note, account, 1))
        {
            await command.ExecuteNonQueryAsync(caller);
        }
    }

    private static DbCommand Command(DbConnection connection, DbTransaction? transaction, string text, params ReadOnlySpan<int> values)
    {
        var command = connection.CreateCommand();
        (command.CommandText, command.Transaction) = (text, transaction);
        foreach (var value in values)
        {
            var parameter = command.CreateParameter();
            parameter.Value = value;
            command.Parameters.Add(parameter);
        }

        return command;
    }
}
