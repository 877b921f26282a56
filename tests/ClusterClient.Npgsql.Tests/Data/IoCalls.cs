using System.Data;
using System.Data.Common;

namespace ClusterClient.Npgsql.Tests.Data;

/// <summary>ADO.NET's calls in both manners, so that one test body serves both.</summary>
internal static class IoCalls
{
    public static async Task<DbConnection> OpenAsync(this DbDataSource source, Io io) =>
        io == Io.Sync ? source.OpenConnection() : await source.OpenConnectionAsync();

    public static async Task OpenAsync(this DbConnection connection, Io io)
    {
        if (io == Io.Sync)
        {
            connection.Open();
        }
        else
        {
            await connection.OpenAsync();
        }
    }

    public static async Task CloseAsync(this DbConnection connection, Io io)
    {
        if (io == Io.Sync)
        {
            connection.Close();
        }
        else
        {
            await connection.CloseAsync();
        }
    }

    public static async Task DisposeAsync<T>(this T disposed, Io io)
        where T : IDisposable, IAsyncDisposable
    {
        if (io == Io.Sync)
        {
            disposed.Dispose();
        }
        else
        {
            await disposed.DisposeAsync();
        }
    }

    public static async Task<object?> ScalarAsync(this DbCommand command, Io io, CancellationToken ct = default) =>
        io == Io.Sync ? command.ExecuteScalar() : await command.ExecuteScalarAsync(ct);

    public static async Task<int> NonQueryAsync(this DbCommand command, Io io, CancellationToken ct = default) =>
        io == Io.Sync ? command.ExecuteNonQuery() : await command.ExecuteNonQueryAsync(ct);

    public static async Task<DbDataReader> ReaderAsync(
        this DbCommand command, Io io, CommandBehavior behavior = CommandBehavior.Default) =>
        io == Io.Sync ? command.ExecuteReader(behavior) : await command.ExecuteReaderAsync(behavior);

    public static async Task<DbDataReader> ReaderAsync(
        this DbBatch batch, Io io, CommandBehavior behavior = CommandBehavior.Default) =>
        io == Io.Sync ? batch.ExecuteReader(behavior) : await batch.ExecuteReaderAsync(behavior);

    public static async Task<int> NonQueryAsync(this DbBatch batch, Io io) =>
        io == Io.Sync ? batch.ExecuteNonQuery() : await batch.ExecuteNonQueryAsync();

    public static async Task<object?> ScalarAsync(this DbBatch batch, Io io) =>
        io == Io.Sync ? batch.ExecuteScalar() : await batch.ExecuteScalarAsync();

    public static async Task PrepareAsync(this DbCommand command, Io io)
    {
        if (io == Io.Sync)
        {
            command.Prepare();
        }
        else
        {
            await command.PrepareAsync();
        }
    }

    public static async Task<bool> ReadAsync(this DbDataReader reader, Io io) =>
        io == Io.Sync ? reader.Read() : await reader.ReadAsync();

    public static async Task<bool> NextResultAsync(this DbDataReader reader, Io io) =>
        io == Io.Sync ? reader.NextResult() : await reader.NextResultAsync();

    public static async Task<DbTransaction> BeginAsync(
        this DbConnection connection, Io io, IsolationLevel level = IsolationLevel.Unspecified) =>
        io == Io.Sync ? connection.BeginTransaction(level) : await connection.BeginTransactionAsync(level);

    public static async Task CommitAsync(this DbTransaction transaction, Io io)
    {
        if (io == Io.Sync)
        {
            transaction.Commit();
        }
        else
        {
            await transaction.CommitAsync();
        }
    }

    public static async Task RollbackAsync(this DbTransaction transaction, Io io)
    {
        if (io == Io.Sync)
        {
            transaction.Rollback();
        }
        else
        {
            await transaction.RollbackAsync();
        }
    }

    /// <summary>One value, by a command of its own.</summary>
    public static async Task<T> ValueAsync<T>(this DbConnection connection, string sql, Io io = Io.Async)
    {
        await using var command = connection.Text(sql);
        return (T)(await command.ScalarAsync(io))!;
    }

    public static async Task<int> RunAsync(this DbConnection connection, string sql, Io io = Io.Async)
    {
        await using var command = connection.Text(sql);
        return await command.NonQueryAsync(io);
    }

    public static DbCommand Text(this DbConnection connection, string sql)
    {
        var command = connection.CreateCommand();
        command.CommandText = sql;
        return command;
    }

    public static Task<int> BackendAsync(this DbConnection connection, Io io = Io.Async) =>
        connection.ValueAsync<int>("select pg_backend_pid()", io);
}
