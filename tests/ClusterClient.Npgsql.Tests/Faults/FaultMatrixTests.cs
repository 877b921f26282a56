using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using ClusterClient.Npgsql.Tests.Failover;
using ClusterClient.Resilience;
using ClusterClient.Routing;
using Npgsql;
using static ClusterClient.Resilience.FaultKind;

namespace ClusterClient.Npgsql.Tests.Faults;

/// <summary>
/// Every fault against every kind of call, in both manners at once: each call ends in time, in what is documented, and nothing is left of
/// any of it afterwards.
/// </summary>
[Collection(FaultServers.Name)]
public sealed class FaultMatrixTests(FaultServers servers)
{
    private const int CommandTimeout = 2;

    private static readonly TimeSpan FailoverTimeout = TimeSpan.FromSeconds(1.5);

    /// <summary>The server is away for longer than any call may take.</summary>
    [Theory]
    [InlineData("kill", ConnectionLost)]
    [InlineData("stop", ShuttingDown)]
    [InlineData("hang", ConnectionLost)]
    [InlineData("drop", ConnectionLost)]
    [InlineData("half-open", ConnectionLost)]
    [InlineData("slow", ConnectionLost)]
    [InlineData("refuse", ConnectionLost)]
    public Task Calls_ServerIsAway_EndInTheirTime(string fault, FaultKind kind) => LeavesNothingAsync(async run =>
    {
        var running = await UnderWayAsync(run);
        await BeginAsync(fault);
        var opening = run.Open();

        foreach (var outcome in await Task.WhenAll(running))
        {
            // A read goes looking for another node until its time is up.
            outcome.Check(TimeSpan.FromSeconds(CommandTimeout), outcome.Intent == RouteIntent.Read ? Unavailable : kind);
        }

        foreach (var outcome in await Task.WhenAll(opening))
        {
            outcome.Check(FailoverTimeout, Unavailable);
        }

        await EndAsync(fault);
    });

    /// <summary>Sessions end, and new ones can be had at once, or soon.</summary>
    [Theory]
    [InlineData("reset", ConnectionLost)]
    [InlineData("admin shutdown", ShuttingDown)]
    [InlineData("crash recovery", ConnectionLost)]
    public Task Calls_SessionsEnd_OnlyWritesFail(string fault, FaultKind kind) => LeavesNothingAsync(
        async run =>
        {
            var running = await UnderWayAsync(run);
            await (fault == "admin shutdown" ? run.EndSessionsAsync("pg_terminate_backend") : BeginAsync(fault));
            var opening = run.Open();
            await EndAsync(fault);

            foreach (var outcome in await Task.WhenAll(running))
            {
                outcome.Check(TimeSpan.FromSeconds(10), outcome.Intent == RouteIntent.Read ? [] : [kind]);
            }

            foreach (var outcome in await Task.WhenAll(opening))
            {
                outcome.Check(TimeSpan.FromSeconds(10));
            }
        },
        commandTimeout: 10,
        failoverTimeout: TimeSpan.FromSeconds(10));

    /// <summary>The statement was ended, and known not to have been done: it would end in the same again.</summary>
    [Fact]
    public Task Calls_CancelledByAnOperator_FailAndAreNotSentAgain() => LeavesNothingAsync(async run =>
    {
        var running = await UnderWayAsync(run);
        await run.EndSessionsAsync("pg_cancel_backend");

        foreach (var outcome in await Task.WhenAll(running))
        {
            outcome.Check(TimeSpan.FromSeconds(CommandTimeout), ServerCancelled);
            Assert.Equal("57014", Assert.IsType<PostgresException>(outcome.Fault).SqlState);
        }

        foreach (var outcome in await Task.WhenAll(run.Open()))
        {
            outcome.Check(FailoverTimeout);
        }
    });

    [Fact]
    public Task Calls_StatementIsSlow_EndByTheirTimeout() => LeavesNothingAsync(async run =>
    {
        foreach (var outcome in await Task.WhenAll(await UnderWayAsync(run, isSlow: true)))
        {
            outcome.Check(TimeSpan.FromSeconds(CommandTimeout), FaultKind.Timeout);
        }
    });

    [Fact]
    public Task Open_TooManyConnections_IsTriedUntilItsTimeIsUp() => LeavesNothingAsync(async run =>
    {
        await run.UntilOnlineAsync();
        await servers.Server.ExecuteAsync("ALTER ROLE app CONNECTION LIMIT 1");

        var outcomes = await Task.WhenAll(run.Open());
        await servers.Server.ExecuteAsync("ALTER ROLE app CONNECTION LIMIT -1");
        foreach (var outcome in outcomes)
        {
            outcome.Check(FailoverTimeout, Unavailable);
            Assert.Equal("53300", Assert.IsType<PostgresException>(outcome.Fault!.InnerException).SqlState);
        }
    });

    [Fact]
    public Task Open_WrongPassword_IsRefusedAtOnce() => LeavesNothingAsync(
        async run =>
        {
            foreach (var outcome in await Task.WhenAll(run.Open()))
            {
                outcome.Check(TimeSpan.Zero, Rejected);
                Assert.Equal("28P01", Assert.IsType<PostgresException>(outcome.Fault!.InnerException).SqlState);
            }
        },
        "Username=locked;Password=wrong",
        failoverTimeout: TimeSpan.FromSeconds(30));

    [Theory]
    [InlineData("SSL Mode=Require", false)]
    [InlineData("SSL Mode=VerifyFull", true)]
    public Task Open_NoTlsThatIsTrusted_IsRefused(string settings, bool isEncrypted) => LeavesNothingAsync(
        async run =>
        {
            await EncryptAsync(isEncrypted);

            foreach (var outcome in await Task.WhenAll(run.Open()))
            {
                outcome.Check(TimeSpan.Zero, Rejected);
                Assert.IsAssignableFrom<NpgsqlException>(outcome.Fault!.InnerException);
            }

            await EncryptAsync(false);
        },
        settings,
        failoverTimeout: TimeSpan.FromSeconds(30));

    private async Task<Task<Outcome>[]> UnderWayAsync(FaultRun run, bool isSlow = false)
    {
        await run.UntilOnlineAsync();
        await servers.PaceAsync(60);
        var running = await run.CallAsync();
        if (!isSlow)
        {
            // What is sent again shall not take long.
            await servers.PaceAsync(0);
        }

        return running;
    }

    private async Task BeginAsync(string fault)
    {
        var (server, proxy) = (servers.Server, servers.Server.Proxy);
        switch (fault)
        {
            case "kill" or "crash recovery":
                await server.KillAsync();
                break;
            case "stop":
                await server.StopAsync();
                break;
            case "hang":
                server.Hang();
                break;
            case "drop":
                proxy.Drop();
                break;
            case "half-open":
                proxy.CutHalfOpen();
                break;
            case "slow":
                proxy.Latency = TimeSpan.FromSeconds(5);
                break;
            case "refuse":
                proxy.Refuse();
                break;
            default:
                proxy.Reset();
                break;
        }
    }

    private async Task EndAsync(string fault)
    {
        if (fault == "hang")
        {
            servers.Server.Resume();
        }

        servers.Server.Proxy.Heal();
        await servers.Server.StartAsync();
    }

    private async Task EncryptAsync(bool isOn)
    {
        if (isOn)
        {
            using var key = RSA.Create(2048);
            var request = new CertificateRequest("CN=nobody", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
            using var certificate = request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
            await WriteAsync("server.crt", certificate.ExportCertificatePem());
            await WriteAsync("server.key", key.ExportPkcs8PrivateKeyPem());
        }

        await servers.Server.ConfigureAsync("ssl", isOn ? "on" : "off");

        // By the server itself, so that the file is its own.
        Task WriteAsync(string file, string pem) => servers.Server.ExecuteAsync(
            $"COPY (VALUES {string.Join(',', pem.Split('\n').Select(line => $"('{line}')"))}) TO PROGRAM 'umask 077; cat > {file}'");
    }

    private async Task LeavesNothingAsync(
        Func<FaultRun, Task> test, string settings = "", int commandTimeout = CommandTimeout, TimeSpan? failoverTimeout = null)
    {
        using var leftovers = new Leftovers();
        await leftovers.AssertNoneAsync(await RunAsync());

        // Apart, so that nothing here holds what it used.
        async Task<WeakReference> RunAsync()
        {
            await using var run = new FaultRun(servers, settings, commandTimeout, failoverTimeout ?? FailoverTimeout);
            await test(run);
            await run.UntilIdleAsync();
            return new(run.Orders);
        }
    }
}
