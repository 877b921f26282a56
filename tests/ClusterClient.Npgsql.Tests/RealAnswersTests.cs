using System.Data;
using ClusterClient.Npgsql.Tests.Failover;
using ClusterClient.Resilience;
using ClusterClient.Testing;
using Npgsql;
using static ClusterClient.Npgsql.Tests.FaultyCalls;

namespace ClusterClient.Npgsql.Tests;

/// <summary>The answers of real servers, and what they are taken for.</summary>
public sealed class RealAnswersTests(FaultyServers servers) : IClassFixture<FaultyServers>
{
    [Theory]
    [InlineData("23505", FaultKind.Statement, "insert into item values (1)")]
    [InlineData("23502", FaultKind.Statement, "insert into item values (3, null)")]
    [InlineData("42601", FaultKind.Statement, "selec 1")]
    [InlineData("42P01", FaultKind.Statement, "select * from nowhere")]
    [InlineData("42501", FaultKind.Statement, "select pg_read_file('PG_VERSION')")]
    [InlineData("22012", FaultKind.Statement, "select 1 / 0")]
    [InlineData("25001", FaultKind.Statement, "begin; vacuum item")]
    [InlineData("P0001", FaultKind.Statement, "do $$ begin raise 'no'; end $$")]
    [InlineData("54001", FaultKind.Statement, "do $$ begin execute 'select 1' || repeat('+1', 100000); end $$")]
    [InlineData("25006", FaultKind.ReadOnly, "begin read only; delete from item")]
    [InlineData("55006", FaultKind.Conflict, "begin; declare c cursor for select id from item; fetch c; alter table item add x int",
        "postgres")]
    [InlineData("57014", FaultKind.ServerCancelled, "set statement_timeout = 20; select pg_sleep(600)")]
    [InlineData("58P01", FaultKind.ServerFailure, "copy item from '/no/such/file'", "postgres")]
    [InlineData("53400", FaultKind.ServerCancelled,
        "set work_mem = '64kB'; select n from generate_series(1, 1000000) n order by n desc limit 1 offset 500000", "bounded")]
    public async Task Classify_Error_WasNotApplied(string state, FaultKind kind, string sql, string user = "app")
    {
        await using var connection = await OpenAsync(servers.Primary, $"Username={user}");

        var e = await ThrowsAsync(state, () => ExecuteAsync(connection, sql));

        AssertIs(kind, true, e);
    }

    /// <summary>What cannot be had from a healthy server is raised by a function: Npgsql gives some of these connections up.</summary>
    [Theory]
    [InlineData("08006", FaultKind.ConnectionLost, false)]
    [InlineData("40003", FaultKind.Conflict, false)]
    [InlineData("53100", FaultKind.Overloaded, true)]
    [InlineData("53200", FaultKind.Overloaded, true)]
    [InlineData("58030", FaultKind.ServerFailure, true)]
    [InlineData("XX000", FaultKind.ServerFailure, true)]
    [InlineData("XX001", FaultKind.ServerFailure, true)]
    public async Task Classify_RaisedState_IsAsListed(string state, FaultKind kind, bool notApplied)
    {
        await using var connection = await OpenAsync(servers.Primary);

        var e = await ThrowsAsync(state, () => ExecuteAsync(connection, $"do $$ begin raise sqlstate '{state}'; end $$"));

        AssertIs(kind, notApplied, e);
    }

    [Fact]
    public async Task Classify_TransactionThatFailedBefore_IsItsOwnFault()
    {
        await using var connection = await OpenAsync(servers.Primary);
        await using var transaction = await connection.BeginTransactionAsync();
        await ThrowsAsync("22012", () => ExecuteAsync(connection, "select 1 / 0"));

        AssertIs(FaultKind.Statement, true, await ThrowsAsync("25P02", () => ExecuteAsync(connection, "select 1")));
    }

    [Fact]
    public async Task Classify_SerializationFailure_IsConflict()
    {
        await using var connection = await OpenAsync(servers.Primary);
        await using var transaction = await connection.BeginTransactionAsync(IsolationLevel.RepeatableRead);
        await ExecuteAsync(connection, "select * from item");
        await servers.Primary.ExecuteAsync("update item set n = n + 1 where id = 1");

        AssertIs(FaultKind.Conflict, true, await ThrowsAsync("40001", () => ExecuteAsync(connection, "update item set n = 0 where id = 1")));
    }

    [Fact]
    public async Task Classify_Deadlock_IsConflict()
    {
        await using var one = await OpenAsync(servers.Primary, "Username=postgres");
        await using var other = await OpenAsync(servers.Primary, "Username=postgres");
        await ExecuteAsync(one, "set deadlock_timeout = 10; begin; update item set n = n + 1 where id = 1");
        await ExecuteAsync(other, "set deadlock_timeout = 10; begin; update item set n = n + 1 where id = 2");

        var both = Task.WhenAll(
            ExecuteAsync(one, "update item set n = n + 1 where id = 2"), ExecuteAsync(other, "update item set n = n + 1 where id = 1"));

        AssertIs(FaultKind.Conflict, true, await ThrowsAsync("40P01", () => both));
    }

    [Theory]
    [InlineData("set lock_timeout = 20; select * from item where id = 1 for update")]
    [InlineData("select * from item where id = 1 for update nowait")]
    public async Task Classify_LockNotHad_IsConflict(string sql)
    {
        await using var holder = await OpenAsync(servers.Primary);
        await ExecuteAsync(holder, "begin; select * from item where id = 1 for update");
        await using var connection = await OpenAsync(servers.Primary);

        AssertIs(FaultKind.Conflict, true, await ThrowsAsync("55P03", () => ExecuteAsync(connection, sql)));
    }

    [Theory]
    [InlineData("pg_cancel_backend", "57014", FaultKind.ServerCancelled, true)]
    [InlineData("pg_terminate_backend", "57P01", FaultKind.ShuttingDown, false)]
    public async Task Classify_EndedByAnOperator_IsAsListed(string how, string state, FaultKind kind, bool notApplied)
    {
        await using var connection = await OpenAsync(servers.Primary);
        var running = await SleepingAsync(servers.Primary, connection);
        await servers.Primary.ExecuteAsync($"select {how}({connection.ProcessID})");

        AssertIs(kind, notApplied, await ThrowsAsync(state, () => running));
    }

    [Theory]
    [InlineData("set idle_in_transaction_session_timeout = 20; begin; delete from item where id = 2", "commit", "25P03", FaultKind.ServerCancelled)]
    [InlineData("set idle_session_timeout = 20", "delete from item where id = 2", "57P05", FaultKind.ConnectionLost)]
    public async Task Classify_SessionIdleForTooLong_WasNotApplied(string before, string sql, string state, FaultKind kind)
    {
        await using var connection = await OpenAsync(servers.Primary);
        await ExecuteAsync(connection, before);
        await UntilGoneAsync(servers.Primary, connection.ProcessID);

        AssertIs(kind, true, await ThrowsAsync(state, () => ExecuteAsync(connection, sql)));

        Assert.Equal("1", await servers.Primary.ExecuteAsync("select count(*) from item where id = 2"));
    }

    [Fact]
    public async Task Classify_WriteOnAReplica_IsReadOnly()
    {
        await using var connection = await OpenAsync(servers.Replica);

        AssertIs(FaultKind.ReadOnly, true, await ThrowsAsync("25006", () => ExecuteAsync(connection, "insert into item values (7)")));
    }

    /// <summary>A query that is in replay's way is cancelled; a transaction that is idle meanwhile loses its session.</summary>
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Classify_ReplayWantsTheLock_IsConflict(bool idle)
    {
        await servers.Replica.ConfigureAsync("max_standby_streaming_delay", "10ms");
        await using var connection = await OpenAsync(servers.Replica);
        await ExecuteAsync(connection, "begin; select * from item");
        var running = idle ? Task.CompletedTask : await SleepingAsync(servers.Replica, connection);
        await servers.Primary.ExecuteAsync("begin; lock table item in access exclusive mode; commit");
        if (idle)
        {
            await UntilGoneAsync(servers.Replica, connection.ProcessID);
            running = ExecuteAsync(connection, "select 1");
        }

        var e = await ThrowsAsync("40001", () => running);

        Assert.Equal(idle ? "FATAL" : "ERROR", e.InvariantSeverity);
        AssertIs(FaultKind.Conflict, true, e);
    }

    [Fact]
    public async Task Classify_DatabaseDropped_IsRejected()
    {
        await servers.Primary.ExecuteAsync("create database doomed");
        await servers.Group.WaitForReplicationAsync();
        await using var connection = await OpenAsync(servers.Replica, "Database=doomed");
        var running = await SleepingAsync(servers.Replica, connection);
        await servers.Primary.ExecuteAsync("drop database doomed");

        AssertIs(FaultKind.Rejected, false, await ThrowsAsync("57P04", () => running));
        AssertIs(FaultKind.Rejected, true, await ThrowsAsync("3D000", () => OpenAsync(servers.Replica, "Database=doomed")));
    }

    [Theory]
    [InlineData("Username=narrow")]
    [InlineData("Database=small")]
    public async Task Classify_NoConnectionLeft_IsOverloaded(string settings)
    {
        await using var last = await OpenAsync(servers.Primary, settings);

        AssertIs(FaultKind.Overloaded, true, await ThrowsAsync("53300", () => OpenAsync(servers.Primary, settings)));
    }

    [Theory]
    [InlineData("Username=locked;Password=wrong", "28P01", true)]
    [InlineData("Username=stranger", "28000", true)]
    [InlineData("Username=barred", "28000", true)]
    [InlineData("Database=nowhere", "3D000", true)]
    [InlineData("Database=secret", "42501", false)]
    [InlineData("Database=closed", "55000", false)]
    [InlineData("Options=-c nosuch=1", "42704", false)]
    public async Task Classify_SessionRefused_IsRejected(string settings, string state, bool notApplied) =>
        AssertIs(FaultKind.Rejected, notApplied, await ThrowsAsync(state, () => OpenAsync(servers.Primary, settings)));

    [Fact]
    public async Task Classify_ServerStopsSmartly_TakesNoSession()
    {
        await using var group = await LocalPostgres.StartAsync(b => b.Region("eu", 1));
        Task stopping;
        await using (await OpenAsync(group.Primary))
        {
            stopping = group.Primary.StopAsync(PostgresShutdown.Smart);
            Exception? refusal = null;
            await Eventually.TrueAsync(
                async () =>
                {
                    refusal = await Record.ExceptionAsync(async () => await (await OpenAsync(group.Primary)).DisposeAsync());
                    return refusal is not null;
                },
                Scenario.Patience);

            Assert.Equal("57P03", Assert.IsType<PostgresException>(refusal).SqlState);
            AssertIs(FaultKind.ShuttingDown, true, refusal);
        }

        await stopping;
    }
}
