using ClusterClient.Benchmarks.Overhead;
using ClusterClient.Consistency;
using ClusterClient.Npgsql;
using ClusterClient.Testing;
using Npgsql;

namespace ClusterClient.Benchmarks.Transactions;

/// <summary>Data sources for one group: raw and through the cluster, to the very same primary; past the fault proxies, or both through its one.</summary>
internal sealed class TransactionServers(LocalPostgres group, bool isDistant)
{
    /// <summary>Accounts that there are, from 1 on: so few that they stay in the server's memory, as what an application works with does.</summary>
    public const int Accounts = 1000;

    // Room on each page, so that an account that changes stays where it is.
    public const string Script =
        """
        CREATE TABLE accounts (id int PRIMARY KEY, balance int NOT NULL) WITH (fillfactor = 50);
        INSERT INTO accounts SELECT id, 0 FROM generate_series(1, 1000) AS id;
        CREATE TABLE transfers (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, account int NOT NULL, amount int NOT NULL);
        ANALYZE accounts
        """;

    public Task<Entrant> Raw() => Task.FromResult(
        new Entrant(NpgsqlDataSource.Create($"{group.ConnectionString};Host={group.Primary.Host};Port={Port(group.Primary)}")));

    public async Task<Entrant> ClusterAsync(CommitResolution resolution)
    {
        var builder = new ClusterDataSourceBuilder("transactions").UseNpgsql(group.ConnectionString).LocatedIn("eu")
            .Configure(o => o.CommitResolution = resolution);
        foreach (var node in group.Nodes)
        {
            builder.AddNode($"{node.Host}:{Port(node)}", node.Region, name: node.Name);
        }

        var source = builder.Build();
        await source.WaitUntilReadyAsync();
        if (resolution == CommitResolution.ByMarker)
        {
            await source.CreateCommitMarkersAsync();
        }

        return new(source);
    }

    private int Port(PostgresNode node) => isDistant ? node.Port : node.DirectPort;
}
