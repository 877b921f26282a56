using System.Data;
using System.Data.Common;
using ClusterClient.Data;
using ClusterClient.Npgsql.Tests.Data;
using Npgsql;

namespace ClusterClient.Npgsql.Tests.AdoNet;

/// <summary>Code that knows its database by a provider's name and factory alone.</summary>
public sealed class ProviderFactoryTests(ClusterFixture fixture) : DataTest(fixture)
{
    [Fact]
    public async Task Registered_ByName_ConnectsAsTheCluster()
    {
        DbProviderFactories.RegisterFactory("orders in a test", FactoryOf(Cluster));
        try
        {
            var factory = DbProviderFactories.GetFactory("orders in a test");
            await using var connection = factory.CreateConnection()!;
            connection.ConnectionString = connection.ConnectionString;
            await connection.OpenAsync();
            Assert.Equal("eu-1", ((ClusterConnection)connection).NodeName);
        }
        finally
        {
            DbProviderFactories.UnregisterFactory("orders in a test");
        }
    }

    [Fact]
    public async Task CreateDataSource_ClustersConnectionString_IsTheCluster()
    {
        await using var source = FactoryOf(Cluster).CreateDataSource(Cluster.ConnectionString);
        await using var connection = await source.OpenConnectionAsync();
        Assert.Equal("eu-1", Assert.IsType<ClusterConnection>(connection, exactMatch: false).NodeName);
        await using var command = source.CreateCommand("select 5");
        Assert.Equal(5, await command.ExecuteScalarAsync());
    }

    [Fact]
    public async Task CreateDataSource_AnotherConnectionString_RefusedWithTheRemedy()
    {
        await using var source = FactoryOf(Cluster).CreateDataSource("Host=elsewhere");
        var refused = Assert.Throws<NotSupportedException>(source.CreateConnection);
        Assert.Contains(nameof(ClusterDataSourceBuilder), refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Parameters_OfTheFactory_ServeCommandAndBatch()
    {
        foreach (var source in new DbDataSource[] { Fixture.Bare, Cluster })
        {
            await using var connection = await source.OpenConnectionAsync();
            var factory = FactoryOf(source);
            await using var command = factory.CreateCommand()!;
            (command.Connection, command.CommandText, command.CommandType) = (connection, "select @n + 1", CommandType.Text);
            var parameter = factory.CreateParameter()!;
            (parameter.ParameterName, parameter.DbType, parameter.Value) = ("n", DbType.Int32, 41);
            command.Parameters.Add(parameter);
            Assert.Equal(42, await command.ExecuteScalarAsync());

            await using var batch = factory.CreateBatch();
            batch.Connection = connection;
            var first = factory.CreateBatchCommand();
            first.CommandText = "select $1 + 1";
            var positional = first.CreateParameter();
            (positional.DbType, positional.Value) = (DbType.Int32, 2);
            first.Parameters.Add(positional);
            batch.BatchCommands.Add(first);
            Assert.Equal(3, await batch.ExecuteScalarAsync());
        }
    }

    [Fact]
    public async Task DeriveParameters_OnTheDriversCommand_FillsTheClusters()
    {
        // A static method of the driver's, which takes the driver's command.
        await using var connection = await Cluster.OpenConnectionAsync();
        await using var command = connection.CreateCommand();
        (command.CommandText, command.CommandType) = ("swapped", CommandType.StoredProcedure);
        NpgsqlCommandBuilder.DeriveParameters(command.Unwrap<NpgsqlCommand>());
        Assert.Equal(["a", "b"], command.Parameters.Cast<DbParameter>().Select(p => p.ParameterName));
    }

    private static DbProviderFactory FactoryOf(DbDataSource source)
    {
        using var connection = source.CreateConnection();
        return DbProviderFactories.GetFactory(connection)!;
    }
}
