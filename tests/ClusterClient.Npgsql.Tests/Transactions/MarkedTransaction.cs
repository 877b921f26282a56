using System.Collections.Immutable;
using System.Globalization;
using ClusterClient.Consistency;
using ClusterClient.Testing;
using ClusterClient.Topology;
using Npgsql;

namespace ClusterClient.Npgsql.Tests.Transactions;

/// <summary>A transaction of the bare driver's, straight to its server, with the mark that the library would have taken; and the question by it.</summary>
internal sealed class MarkedTransaction : IAsyncDisposable
{
    private static readonly NpgsqlCommits Dialect = new();

    private readonly NpgsqlConnection _connection;
    private readonly NpgsqlTransaction _transaction;

    private MarkedTransaction(NpgsqlConnection connection, NpgsqlTransaction transaction, TransactionMark mark) =>
        (_connection, _transaction, Mark) = (connection, transaction, mark);

    public TransactionMark Mark { get; }

    public int Process => _connection.ProcessID;

    public static async Task<MarkedTransaction> BeginAsync(PostgresNode node, string write, string? before = null, long epoch = 1)
    {
        var connection = await OpenAsync(node);
        if (before is not null)
        {
            await RunAsync(connection, before);
        }

        var transaction = await connection.BeginTransactionAsync();
        await RunAsync(connection, write);
        await using var command = new NpgsqlCommand(Dialect.Mark, connection);
        await using var row = await command.ExecuteReaderAsync();
        Assert.True(await row.ReadAsync());
        var mark = Dialect.ReadMark(row);
        Assert.NotNull(mark);
        return new(connection, transaction, mark with { Node = node.Name, Epoch = epoch });
    }

    public Task RunAsync(string sql) => RunAsync(_connection, sql);

    public Task CommitAsync() => _transaction.CommitAsync();

    /// <summary>What the node says of it.</summary>
    public async Task<CommitAnswer> AnswerAsync(PostgresNode node)
    {
        await using var connection = await OpenAsync(node);
        await using var command = connection.CreateCommand();
        Dialect.Ask(command, Mark);
        await using var row = await command.ExecuteReaderAsync();
        Assert.True(await row.ReadAsync());
        return Dialect.ReadAnswer(row);
    }

    /// <summary>What follows from that.</summary>
    public async Task<CommitVerdict> AskAsync(PostgresNode node, params (long Epoch, LogPosition At)[] forks) =>
        CommitRule.Judge(Mark, await AnswerAsync(node), forks.ToImmutableSortedDictionary(f => f.Epoch, f => f.At));

    /// <summary>Has other transactions take ids until one of them has taken this one's, and is committed. A question takes one as well.</summary>
    public async Task UseIdAgainAsync(PostgresNode node)
    {
        await using var connection = await OpenAsync(node);
        await using var next = new NpgsqlCommand("SELECT pg_current_xact_id()::text", connection);
        for (var i = 0; i < 200; i++)
        {
            if (Number((string)(await next.ExecuteScalarAsync())!) >= Number(Mark.Id))
            {
                Assert.Equal(TransactionStatus.Committed, (await AnswerAsync(node)).Status);
                return;
            }
        }

        Assert.Fail($"The id {Mark.Id} was not handed out again.");
    }

    /// <summary>The standby receives nothing more, and has replayed what it has.</summary>
    public static async Task DetachAsync(PostgresNode standby)
    {
        await standby.ConfigureAsync("primary_conninfo", "");
        await Failover.Eventually.TrueAsync(
            async () => await standby.ExecuteAsync(
                "SELECT NOT EXISTS (SELECT FROM pg_stat_wal_receiver) AND pg_last_wal_replay_lsn() >= pg_last_wal_receive_lsn()") == "t",
            Failover.Scenario.Patience);
    }

    public async ValueTask DisposeAsync()
    {
        try
        {
            await _connection.DisposeAsync();
        }
        catch (Exception e) when (e is NpgsqlException or InvalidOperationException)
        {
            // Its server is dead.
        }
    }

    private static ulong Number(string id) => ulong.Parse(id, CultureInfo.InvariantCulture);

    private static async Task<NpgsqlConnection> OpenAsync(PostgresNode node)
    {
        var connection = new NpgsqlConnection($"Host={node.Host};Port={node.DirectPort};Username=app;Database=app;Pooling=false");
        await connection.OpenAsync();
        return connection;
    }

    private static async Task RunAsync(NpgsqlConnection connection, string sql)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync();
    }
}
