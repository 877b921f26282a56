using ClusterClient.Npgsql.Tests.Failover;
using ClusterClient.Resilience;
using ClusterClient.Testing;
using Npgsql;

namespace ClusterClient.Npgsql.Tests;

/// <summary>Calls by Npgsql alone, straight to one server, that are meant to fail.</summary>
internal static class FaultyCalls
{
    public const string Sleep = "select pg_sleep(600)";

    public static string Settings(int port, string more) =>
        $"Host=127.0.0.1;Port={port};Username=app;Database=app;Pooling=false;Timeout=10;Command Timeout=30;{more}";

    public static Task<NpgsqlConnection> OpenAsync(PostgresNode node, string more = "") => OpenAsync(node.DirectPort, more);

    public static async Task<NpgsqlConnection> OpenAsync(int port, string more = "")
    {
        var connection = new NpgsqlConnection(Settings(port, more));
        try
        {
            await connection.OpenAsync();
            return connection;
        }
        catch
        {
            await connection.DisposeAsync();
            throw;
        }
    }

    public static void Open(int port, string more = "")
    {
        using var connection = new NpgsqlConnection(Settings(port, more));
        connection.Open();
    }

    public static async Task ExecuteAsync(NpgsqlConnection connection, string sql, CancellationToken cancellationToken = default)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    public static void Execute(NpgsqlConnection connection, string sql)
    {
        using var command = new NpgsqlCommand(sql, connection);
        command.ExecuteNonQuery();
    }

    /// <summary>Begins a statement that does not end by itself; the server runs it when this returns.</summary>
    public static async Task<Task> SleepingAsync(
        PostgresNode node, NpgsqlConnection connection, CancellationToken cancellationToken = default, bool async = true)
    {
        var process = connection.ProcessID;
        var running = async
            ? ExecuteAsync(connection, Sleep, cancellationToken)
            : Task.Factory.StartNew(
                () => Execute(connection, Sleep), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        await Eventually.TrueAsync(
            async () => await node.ExecuteAsync(
                $"select count(*) from pg_stat_activity where pid = {process} and wait_event = 'PgSleep'") == "1",
            Scenario.Patience);
        return running;
    }

    public static Task UntilGoneAsync(PostgresNode node, int process) => Eventually.TrueAsync(
        async () => await node.ExecuteAsync($"select count(*) from pg_stat_activity where pid = {process}") == "0", Scenario.Patience);

    public static async Task<PostgresException> ThrowsAsync(string state, Func<Task> act)
    {
        var e = await Assert.ThrowsAsync<PostgresException>(act);
        Assert.True(state == e.SqlState, $"Expected {state}: {e}");
        return e;
    }

    public static void AssertIs(FaultKind kind, bool notApplied, Exception e)
    {
        var fault = NpgsqlFaults.Classify(e);
        Assert.True(fault == new Fault(kind, notApplied), $"{fault}: {e}");
    }
}
