using System.Data;
using System.Net;
using System.Net.Sockets;
using System.Text;
using ClusterClient.Npgsql.Tests.Failover;
using ClusterClient.Resilience;
using ClusterClient.Testing;
using Npgsql;

namespace ClusterClient.Npgsql.Tests;

/// <summary>The table of faults met on real servers: what they and Npgsql really throw, and what that is taken for.</summary>
public sealed class RealFaultsTests(FaultyServers servers) : IClassFixture<FaultyServers>
{
    private const string Sleep = "select pg_sleep(600)";

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

    /// <summary>A transaction tells the reason when its connection broke before it was committed.</summary>
    [Fact]
    public async Task Classify_CommitAfterTheConnectionBroke_IsTheFaultThatBrokeIt()
    {
        await using var connection = await OpenAsync(servers.Primary);
        await using var transaction = await connection.BeginTransactionAsync();
        await servers.Primary.ExecuteAsync($"select pg_terminate_backend({connection.ProcessID}, 5000)");
        await ThrowsAsync("57P01", () => ExecuteAsync(connection, "select 1"));

        AssertIs(FaultKind.ShuttingDown, false, await Assert.ThrowsAsync<ObjectDisposedException>(() => transaction.CommitAsync()));
        AssertIs(FaultKind.Statement, true, await Assert.ThrowsAsync<InvalidOperationException>(() => ExecuteAsync(connection, "select 1")));
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

    [Theory]
    [InlineData("Username=locked")]
    [InlineData("SSL Mode=Require")]
    [InlineData("SSL Mode=VerifyCA;Root Certificate=/no/such/file", true)]
    [InlineData("SSL Mode=VerifyFull", true)]
    [InlineData("SSL Mode=Require;SSL Certificate=/no/such/file", true)]
    [InlineData("Require Auth=ScramSHA256")]
    [InlineData("Username=locked;Password=right;Channel Binding=Require")]
    public async Task Classify_NoAgreementOnTheSession_IsRejected(string settings, bool encrypted = false) => AssertIs(
        FaultKind.Rejected,
        true,
        await Assert.ThrowsAnyAsync<Exception>(() => OpenAsync(encrypted ? servers.Replica : servers.Primary, settings)));

    [Fact]
    public async Task Classify_PasswordProviderFailed_IsRejected()
    {
        var builder = new NpgsqlDataSourceBuilder(Settings(servers.Primary.DirectPort, "Username=locked"));
        builder.UsePasswordProvider(_ => throw new TimeoutException(), (_, _) => throw new TimeoutException());
        await using var source = builder.Build();

        AssertIs(FaultKind.Rejected, true, await Assert.ThrowsAsync<NpgsqlException>(() => source.OpenConnectionAsync().AsTask()));
    }

    [Fact]
    public async Task Classify_NobodyReached_WasNotApplied()
    {
        using var proxy = new FaultProxy(new(IPAddress.Loopback, servers.Primary.DirectPort));
        proxy.Refuse();

        AssertIs(FaultKind.ConnectionLost, true, await Assert.ThrowsAsync<NpgsqlException>(() => OpenAsync(proxy.Port)));
        AssertIs(FaultKind.ConnectionLost, true, Assert.Throws<NpgsqlException>(() => Open(proxy.Port)));
        AssertIs(FaultKind.ConnectionLost, true, await Assert.ThrowsAsync<NpgsqlException>(() => OpenAsync(1, "Host=nowhere.invalid")));
        AssertIs(FaultKind.ConnectionLost, true, Assert.Throws<NpgsqlException>(() => Open(1, "Host=nowhere.invalid")));
    }

    [Theory]
    [InlineData("S", true)] // The end comes in the midst of the handshake.
    [InlineData("HTTP/1.1 400 Bad Request", false)]
    [InlineData("", false)]
    public async Task Classify_SomethingElseListens_IsConnectionLost(string answer, bool notApplied)
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var opening = OpenAsync(((IPEndPoint)listener.LocalEndpoint).Port, "SSL Mode=Require;GSS Encryption Mode=Disable");
        using (var client = await listener.AcceptTcpClientAsync().WaitAsync(Scenario.Patience))
        {
            var stream = client.GetStream();
            await stream.ReadExactlyAsync(new byte[8]);
            await stream.WriteAsync(Encoding.ASCII.GetBytes(answer));
        }

        AssertIs(FaultKind.ConnectionLost, notApplied, await Assert.ThrowsAsync<NpgsqlException>(() => opening));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Classify_CommandTimeout_IsTimeout(bool async)
    {
        await using var connection = await OpenAsync(servers.Primary, "Command Timeout=1");

        var e = async
            ? await Assert.ThrowsAsync<NpgsqlException>(() => ExecuteAsync(connection, Sleep))
            : Assert.Throws<NpgsqlException>(() => Execute(connection, Sleep));

        AssertIs(FaultKind.Timeout, false, e);
    }

    [Fact]
    public async Task Classify_CallersToken_IsCallerCancelled()
    {
        await using var connection = await OpenAsync(servers.Primary);
        using var caller = new CancellationTokenSource();
        var running = await SleepingAsync(servers.Primary, connection, caller.Token);
        await caller.CancelAsync();

        // The server has confirmed the first; the second was given up before it was sent, which Npgsql does not say.
        AssertIs(FaultKind.CallerCancelled, true, await Assert.ThrowsAnyAsync<OperationCanceledException>(() => running));
        AssertIs(FaultKind.CallerCancelled, false, await Assert.ThrowsAnyAsync<OperationCanceledException>(
            () => ExecuteAsync(connection, Sleep, caller.Token)));
    }

    [Fact]
    public async Task Classify_PoolExhausted_IsOurs()
    {
        await using var source = NpgsqlDataSource.Create(
            Settings(servers.Primary.DirectPort, "Pooling=true;Maximum Pool Size=1;Timeout=1"));
        await using var only = await source.OpenConnectionAsync();

        AssertIs(FaultKind.PoolExhausted, true, await Assert.ThrowsAsync<NpgsqlException>(() => source.OpenConnectionAsync().AsTask()));
        AssertIs(FaultKind.PoolExhausted, true, Assert.Throws<NpgsqlException>(source.OpenConnection));
    }

    [Fact]
    public async Task Classify_TwoCommandsAtOnce_IsTheCallersDoing()
    {
        await using var connection = await OpenAsync(servers.Primary);
        await using var command = new NpgsqlCommand("select generate_series(1, 3)", connection);
        await using var reader = await command.ExecuteReaderAsync();

        AssertIs(
            FaultKind.Statement, true, await Assert.ThrowsAsync<NpgsqlOperationInProgressException>(() => ExecuteAsync(connection, "select 1")));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Classify_ConnectionReset_IsConnectionLost(bool async)
    {
        using var proxy = new FaultProxy(new(IPAddress.Loopback, servers.Primary.DirectPort));
        await using var connection = await OpenAsync(proxy.Port);
        var running = await SleepingAsync(servers.Primary, connection, async: async);
        proxy.Reset();

        AssertIs(FaultKind.ConnectionLost, false, await Assert.ThrowsAsync<NpgsqlException>(() => running.WaitAsync(Scenario.Patience)));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Classify_SilentCut_IsTimeout(bool async)
    {
        using var proxy = new FaultProxy(new(IPAddress.Loopback, servers.Primary.DirectPort));
        await using var connection = await OpenAsync(
            proxy.Port, "Timeout=1;Command Timeout=1;Cancellation Timeout=-1;GSS Encryption Mode=Disable");
        proxy.Drop();

        var e = async
            ? await Assert.ThrowsAsync<NpgsqlException>(() => ExecuteAsync(connection, "select 1"))
            : Assert.Throws<NpgsqlException>(() => Execute(connection, "select 1"));

        AssertIs(FaultKind.Timeout, false, e);
        AssertIs(FaultKind.Timeout, false, await Assert.ThrowsAsync<NpgsqlException>(
            () => OpenAsync(proxy.Port, "Timeout=1;GSS Encryption Mode=Disable")));
    }

    [Theory]
    [InlineData(PostgresShutdown.Fast, FaultKind.ShuttingDown)]
    [InlineData(PostgresShutdown.Immediate, FaultKind.ConnectionLost)]
    [InlineData(null, FaultKind.ConnectionLost)]
    public async Task Classify_ServerEnds_MayHaveBeenApplied(PostgresShutdown? how, FaultKind kind)
    {
        await using var group = await LocalPostgres.StartAsync(b => b.Region("eu", 1));
        await using var connection = await OpenAsync(group.Primary);
        var running = await SleepingAsync(group.Primary, connection);
        await (how is { } mode ? group.Primary.StopAsync(mode) : group.Primary.KillAsync());

        AssertIs(kind, false, await Assert.ThrowsAnyAsync<NpgsqlException>(() => running.WaitAsync(Scenario.Patience)));
        AssertIs(FaultKind.ConnectionLost, true, await Assert.ThrowsAsync<NpgsqlException>(() => OpenAsync(group.Primary)));
    }

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

    private static string Settings(int port, string more) =>
        $"Host=127.0.0.1;Port={port};Username=app;Database=app;Pooling=false;Timeout=10;Command Timeout=30;{more}";

    private static Task<NpgsqlConnection> OpenAsync(PostgresNode node, string more = "") => OpenAsync(node.DirectPort, more);

    private static async Task<NpgsqlConnection> OpenAsync(int port, string more = "")
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

    private static void Open(int port, string more = "")
    {
        using var connection = new NpgsqlConnection(Settings(port, more));
        connection.Open();
    }

    private static async Task ExecuteAsync(NpgsqlConnection connection, string sql, CancellationToken cancellationToken = default)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    private static void Execute(NpgsqlConnection connection, string sql)
    {
        using var command = new NpgsqlCommand(sql, connection);
        command.ExecuteNonQuery();
    }

    /// <summary>Begins a statement that does not end by itself; the server runs it when this returns.</summary>
    private static async Task<Task> SleepingAsync(
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

    private static Task UntilGoneAsync(PostgresNode node, int process) => Eventually.TrueAsync(
        async () => await node.ExecuteAsync($"select count(*) from pg_stat_activity where pid = {process}") == "0", Scenario.Patience);

    private static async Task<PostgresException> ThrowsAsync(string state, Func<Task> act)
    {
        var e = await Assert.ThrowsAsync<PostgresException>(act);
        Assert.True(state == e.SqlState, $"Expected {state}: {e}");
        return e;
    }

    private static void AssertIs(FaultKind kind, bool notApplied, Exception e)
    {
        var fault = NpgsqlFaults.Classify(e);
        Assert.True(fault == new Fault(kind, notApplied), $"{fault}: {e}");
    }
}
