using ClusterClient.Testing;

namespace ClusterClient.Npgsql.Tests.Faults;

/// <summary>
/// One server at which every fault can be met and undone. Nothing else runs beside these tests: they count what is left of them in the
/// whole process.
/// </summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class FaultServers : IAsyncLifetime, ICollectionFixture<FaultServers>
{
    public const string Name = "faults";

    private const string Access =
        """
        COPY (VALUES ('host all locked 127.0.0.0/8 scram-sha-256'), ('host all all 127.0.0.0/8 trust'),
                     ('host replication all 127.0.0.0/8 trust'))
        TO PROGRAM 'cat > pg_hba.conf'
        """;

    public LocalPostgres Group { get; private set; } = null!;

    public PostgresNode Server => Group["eu-1"];

    public async Task InitializeAsync()
    {
        Group = await LocalPostgres.StartAsync(b => b
            .Region("eu", 1)
            // So that a statement ends whose client has gone: what it still runs for nobody is not what is counted here.
            .Setting("client_connection_check_interval", "100ms")
            .Sql("CREATE TABLE t (id int); CREATE TABLE pace (seconds float8)"));
        await Server.ExecuteAsync("INSERT INTO pace VALUES (0)");
        await Server.ExecuteAsync("CREATE ROLE locked LOGIN PASSWORD 'right'");
        await Server.ExecuteAsync(Access);
        await Server.ConfigureAsync("log_min_messages", "error");
    }

    public async Task DisposeAsync() => await Group.DisposeAsync();

    /// <summary>How long the statements of <see cref="FaultRun"/> take that begin from now on.</summary>
    public Task PaceAsync(int seconds) => Server.ExecuteAsync($"UPDATE pace SET seconds = {seconds}");
}
