using System.Net;
using System.Net.Sockets;
using System.Text;
using ClusterClient.Npgsql.Tests.Failover;
using ClusterClient.Resilience;
using ClusterClient.Testing;
using Npgsql;
using static ClusterClient.Npgsql.Tests.FaultyCalls;

namespace ClusterClient.Npgsql.Tests;

/// <summary>What Npgsql really throws where no server answers, or not in time, and what that is taken for.</summary>
public sealed class RealFaultsTests(FaultyServers servers) : IClassFixture<FaultyServers>
{
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
}
