using ClusterClient.Testing;
using ClusterClient.Topology;
using Npgsql;

namespace ClusterClient.Npgsql.Tests.Topology;

/// <summary>What a look brings back of a server's connections and of its own time, to whom.</summary>
[Collection(ClusterFixture.Name)]
public sealed class ProbeTests(ClusterFixture fixture) : IAsyncLifetime
{
    private const string Limited = "CREATE ROLE limited LOGIN CONNECTION LIMIT 4";
    private const string Plain = "CREATE ROLE plain LOGIN";

    public Task InitializeAsync() => fixture.Group.Primary.ExecuteAsync(
        $"DO $$ BEGIN {Limited}; {Plain}; EXCEPTION WHEN duplicate_object THEN NULL; END $$");

    public Task DisposeAsync() => Task.CompletedTask;

    [Theory]
    [InlineData("postgres")]
    [InlineData("app")]
    [InlineData("plain")]
    public async Task Look_AnyRole_TellsAllConnectionsAndTheLimitOfANormalRole(string role)
    {
        await using var source = Source(role);
        await using var probe = new NpgsqlProbe(source);
        var before = await SessionsAsync();
        var facts = await probe.LookAsync();
        await using var one = await fixture.Bare.OpenConnectionAsync();
        await using var other = await source.OpenConnectionAsync();

        // Other tests' connections come and go meanwhile, but not by the dozen.
        Assert.InRange(facts.Connections!.Value, Math.Max(1, before - 12), before + 12);
        Assert.Equal(97, facts.ConnectionLimit);
    }

    [Theory]
    [InlineData("postgres", true)]
    [InlineData("app", true)]
    [InlineData("plain", false)]
    public async Task Look_SomebodyAtWork_IsCountedByThoseWhoMaySeeIt(string role, bool sees)
    {
        await using var group = await LocalPostgres.StartAsync(b => b.Region("eu", 1).Sql($"reset role; {Plain}"));
        await using var source = Source(role, group.Primary);
        await using var probe = new NpgsqlProbe(source);
        Assert.Equal(0, (await probe.LookAsync()).ActiveConnections);
        await using var busy = NpgsqlDataSource.Create($"{group.ConnectionString};Host={group.Primary.Host};Port={group.Primary.Port}");
        await using var connection = await busy.OpenConnectionAsync();
        await using var transaction = await connection.BeginTransactionAsync();
        await using var command = new NpgsqlCommand("SELECT 1", connection);
        await command.ExecuteScalarAsync();

        var facts = await probe.LookAsync();
        Assert.Equal(sees ? 1 : 0, facts.ActiveConnections);
        Assert.Equal(2, facts.Connections);
    }

    [Fact]
    public async Task Look_RoleWithALimitOfItsOwn_TellsThatOneWhenItIsNearer()
    {
        await using var source = Source("limited");
        await using var probe = new NpgsqlProbe(source);
        await using var one = await source.OpenConnectionAsync();
        await using var other = await source.OpenConnectionAsync();

        var facts = await probe.LookAsync();
        Assert.Equal(3, facts.Connections);
        Assert.Equal(4, facts.ConnectionLimit);
    }

    [Fact]
    public async Task Look_DatabaseWithALimit_TellsThatOneButNotToASuperuser()
    {
        await using var group = await LocalPostgres.StartAsync(
            b => b.Region("eu", 1).Sql("reset role; ALTER DATABASE app CONNECTION LIMIT 5"));
        await using var source = Source("app", group.Primary);
        await using var probe = new NpgsqlProbe(source);
        await using var super = Source("postgres", group.Primary);
        await using var free = new NpgsqlProbe(super);

        Assert.Equal((1, 5), Room(await probe.LookAsync()));
        Assert.Equal((2, 97), Room(await free.LookAsync()));

        static (int?, int?) Room(NodeFacts facts) => (facts.Connections, facts.ConnectionLimit);
    }

    [Theory]
    [InlineData("plain", "", "", false)]
    [InlineData("plain", "*", "", true)]
    [InlineData("plain", "*", "-c synchronous_commit=remote_write", true)]
    [InlineData("plain", "*", "-c synchronous_commit=local", false)]
    [InlineData("plain", "*", "-c synchronous_commit=off", false)]
    public async Task Look_AnyRole_TellsWhetherItsCommitsWaitForReplicas(string role, string standbys, string options, bool waits)
    {
        await using var group = await LocalPostgres.StartAsync(b => b.Region("eu", 2).Sql($"reset role; {Plain}"));
        await group.Primary.ConfigureAsync("synchronous_standby_names", standbys);
        var at = group.Primary;
        await using var source = NpgsqlDataSource.Create(
            $"Host={at.Host};Port={at.Port};Username={role};Database=app;Pooling=false;Options={options}");
        await using var probe = new NpgsqlProbe(source);
        Assert.Equal(waits, (await probe.LookAsync()).IsSynchronous);
    }

    [Fact]
    public async Task Look_CommitThatDoesNotWaitForTheDisk_LiesBeforeWhatIsInserted()
    {
        await using var group = await LocalPostgres.StartAsync(
            b => b.Region("eu", 2).Setting("wal_writer_delay", "10s").Sql("CREATE TABLE t (id int)"));
        await using var source = Source("app", group.Primary);
        await using var probe = new NpgsqlProbe(source);
        await using var connection = await source.OpenConnectionAsync();
        await using var command = new NpgsqlCommand("SET synchronous_commit = off; INSERT INTO t VALUES (1); SELECT pg_current_wal_insert_lsn()", connection);
        var end = (ulong)(NpgsqlTypes.NpgsqlLogSequenceNumber)(await command.ExecuteScalarAsync())!;

        var facts = await probe.LookAsync();
        Assert.True(facts.Inserted!.Value.Ordinal >= end, $"{facts.Inserted} is before {new LogPosition(end)}");
        Assert.True(facts.Position <= facts.Inserted);
        await using var standby = new NpgsqlProbe(Source("app", group.Nodes[1]));
        Assert.Null((await standby.LookAsync()).Inserted);
    }

    [Fact]
    public async Task Look_AnswersOnALongWay_LeaveTheWayWhenTheServersPartIsTaken()
    {
        await using var group = await LocalPostgres.StartAsync(b => b.Region("eu", 1));
        var way = group.Primary.Proxy.Latency = TimeSpan.FromMilliseconds(150);
        await using var source = Source("app", group.Primary);
        await using var probe = new NpgsqlProbe(source);
        for (var look = 0; look < 4; look++)
        {
            var began = TimeProvider.System.GetTimestamp();
            var facts = await probe.LookAsync();
            var took = TimeProvider.System.GetElapsedTime(began);

            // The first connects and the second prepares: more ways there and back, of which the round trip is one.
            Assert.InRange(facts.ServerTime!.Value, TimeSpan.FromTicks(1), took);
            Assert.InRange(took - facts.ServerTime.Value, way, way * 2);
        }
    }

    [Fact]
    public async Task Look_PreparedStatementGone_IsAnsweredAllTheSame()
    {
        // As behind a pooler that hands each transaction to another session.
        await using var source = Source("app");
        await using var probe = new NpgsqlProbe(source);
        await probe.LookAsync();
        await probe.LookAsync();
        await ForgetStatementsAsync(probe);

        Assert.Equal(97, (await probe.LookAsync()).ConnectionLimit);
        Assert.Equal(97, (await probe.LookAsync()).ConnectionLimit);
    }

    private static async Task ForgetStatementsAsync(NpgsqlProbe probe)
    {
        await using var deallocate = new NpgsqlCommand("DEALLOCATE ALL", probe.Connection);
        await deallocate.ExecuteNonQueryAsync();
    }

    private async Task<int> SessionsAsync() => int.Parse(
        (await fixture.Group.Primary.ExecuteAsync("SELECT count(*) FROM pg_stat_activity WHERE datid IS NOT NULL"))!,
        System.Globalization.CultureInfo.InvariantCulture);

    private NpgsqlDataSource Source(string role) => Source(role, fixture.Group.Primary);

    private static NpgsqlDataSource Source(string role, PostgresNode node) => NpgsqlDataSource.Create(
        $"Host={node.Host};Port={node.Port};Username={role};Database=app;Pooling=false");
}
