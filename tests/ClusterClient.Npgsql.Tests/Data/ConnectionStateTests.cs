using System.Data;
using System.Data.Common;
using System.Net;
using System.Net.Sockets;
using ClusterClient.Data;
using Npgsql;

namespace ClusterClient.Npgsql.Tests.Data;

public sealed class ConnectionStateTests(ClusterFixture fixture) : DataTest(fixture)
{
    [Theory, ClassData(typeof(EachWay))]
    public async Task Open_AfterClose_OpensAgain(Face face, Io io)
    {
        await using var connection = Source(face).CreateConnection();
        for (var i = 0; i < 3; i++)
        {
            Assert.Equal(ConnectionState.Closed, connection.State);
            await connection.OpenAsync(io);
            Assert.Equal(ConnectionState.Open, connection.State);
            Assert.Equal(7, await connection.ValueAsync<int>("select 7", io));
            await connection.CloseAsync(io);
            await connection.CloseAsync(io);
        }
    }

    [Theory, InlineData(Io.Sync), InlineData(Io.Async)]
    public Task StateChange_OverALife_SameEventsAsDriver(Io io) => SameAsync(async source =>
    {
        var events = new List<string>();
        var connection = source.CreateConnection();
        connection.StateChange += (sender, e) =>
            events.Add($"{e.OriginalState} to {e.CurrentState}, is {connection.State}, itself {ReferenceEquals(sender, connection)}");
        await connection.OpenAsync(io);
        events.Add("opened");
        await connection.CloseAsync(io);
        events.Add("closed");
        await connection.CloseAsync(io);
        await connection.OpenAsync(io);
        await connection.DisposeAsync(io);
        await connection.DisposeAsync(io);
        Assert.Equal(6, events.Count);
        return events;
    });

    [Theory, InlineData(Io.Sync), InlineData(Io.Async)]
    public Task StateChange_ListenerComesLateAndGoes_SameEventsAsDriver(Io io) => SameAsync(async source =>
    {
        var events = new List<string>();
        void Listener(object sender, StateChangeEventArgs e) => events.Add($"{e.CurrentState}");
        await using var connection = await source.OpenAsync(io);
        connection.StateChange += Listener;
        await connection.CloseAsync(io);
        connection.StateChange -= Listener;
        await connection.OpenAsync(io);
        Assert.Single(events);
        return events;
    });

    [Theory, InlineData(Io.Sync), InlineData(Io.Async)]
    public Task StateChange_BackendKilled_SameEventsAsDriver(Io io) => SameAsync(async source =>
    {
        var events = new List<string>();
        await using var connection = source.CreateConnection();
        connection.StateChange += (_, e) => events.Add($"{e.OriginalState} to {e.CurrentState}, is {connection.State}");
        await connection.OpenAsync(io);
        await KillAsync(await connection.BackendAsync(io));
        events.Add($"{connection.State}");
        events.Add(await EndAsync(() => connection.ValueAsync<int>("select 1", io)));
        events.Add($"{connection.State}");
        events.Add(await EndAsync(() => connection.ValueAsync<int>("select 1", io)));
        await connection.OpenAsync(io);
        events.Add($"{await connection.ValueAsync<int>("select 1", io)}");
        Assert.Contains("Open to Closed, is Closed", events);
        return events;
    });

    [Theory, InlineData(Io.Sync), InlineData(Io.Async)]
    public Task Open_BackendKilledAndClosed_OpensAgain(Io io) => SameAsync(async source =>
    {
        var account = new List<string>();
        await using var connection = await source.OpenAsync(io);
        await KillAsync(await connection.BackendAsync(io));
        account.Add(await EndAsync(() => connection.ValueAsync<int>("select 1", io)));
        account.Add($"{connection.State}");
        await connection.CloseAsync(io);
        await connection.OpenAsync(io);
        account.Add($"{await connection.ValueAsync<int>("select 1", io)}");
        return account;
    });

    [Theory, ClassData(typeof(EachWay))]
    public async Task Open_WhenOpen_InvalidOperation(Face face, Io io)
    {
        await using var connection = await Source(face).OpenAsync(io);
        await Assert.ThrowsAsync<InvalidOperationException>(() => connection.OpenAsync(io));
        Assert.Equal(1, await connection.ValueAsync<int>("select 1", io));
    }

    [Fact]
    public Task Members_NeverOpened_FailAsDriver() => SameAsync(source => UseAsync(source.CreateConnection()));

    [Fact]
    public Task Members_Closed_FailAsDriver() => SameAsync(async source =>
    {
        var connection = await source.OpenAsync(Io.Async);
        await connection.CloseAsync();
        return await UseAsync(connection);
    });

    [Theory, InlineData(Io.Sync), InlineData(Io.Async)]
    public Task Members_Disposed_FailAsDriver(Io io) => SameAsync(async source =>
    {
        var connection = await source.OpenAsync(io);
        await connection.DisposeAsync(io);
        await connection.DisposeAsync(io);
        var account = await UseAsync(connection);
        return [.. account, await EndAsync(() => connection.OpenAsync(io)), $"{connection.State}"];
    });

    [Theory, InlineData(Io.Sync), InlineData(Io.Async)]
    public async Task Close_WhileOpening_FailsAsDriver(Io io)
    {
        // A server that takes connections and never answers.
        using var silent = new TcpListener(IPAddress.Loopback, 0);
        silent.Start();
        var port = ((IPEndPoint)silent.LocalEndpoint).Port;
        await using var bare = NpgsqlDataSource.Create($"Host=127.0.0.1;Port={port};Username=app");
        await using var cluster = new ClusterDataSourceBuilder("silent")
            .UseNpgsql("Username=app").AddNode($"127.0.0.1:{port}", "eu").Build();
        using var cancel = new CancellationTokenSource();
        var (bareOpening, ofBare) = await AccountAsync(bare);
        var (clusterOpening, ofCluster) = await AccountAsync(cluster);
        Assert.Equal(ofBare, ofCluster);
        await cancel.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => clusterOpening);
        // The driver does not hear its token here; but it hears its server go.
        silent.Stop();
        await Assert.ThrowsAnyAsync<Exception>(() => bareOpening);

        async Task<(Task Opening, string[] Account)> AccountAsync(DbDataSource source)
        {
            var connection = source.CreateConnection();
            var opening = connection.OpenAsync(cancel.Token);
            string[] account =
            [
                $"{connection.State}",
                await EndAsync(() => connection.CloseAsync(Io.Sync)),
                await EndAsync(() => connection.CloseAsync(Io.Async)),
                await EndAsync(() => connection.DisposeAsync(io)),
                await EndAsync(() => connection.OpenAsync(Io.Sync)),
                $"{opening.IsCompleted}",
            ];
            return (opening, account);
        }
    }

    [Theory, InlineData(Io.Sync), InlineData(Io.Async)]
    public Task ChangeDatabase_WhenOpen_SameAsDriver(Io io) => SameAsync(async source =>
    {
        var account = new List<string>();
        await using var connection = await source.OpenAsync(io);
        connection.StateChange += (_, e) => account.Add($"{e.OriginalState} to {e.CurrentState}");
        connection.ChangeDatabase("postgres");
        account.Add(await connection.ValueAsync<string>("select current_database()::text", io));
        account.Add(connection.Database);
        account.Add(await EndAsync(() => Task.Run(() => connection.ChangeDatabase(""))));
        account.Add($"{connection.State}");
        account.Add(await EndAsync(() => Task.Run(() => connection.ChangeDatabase("missing"))));
        account.Add($"{connection.State}");
        await connection.CloseAsync(io);
        return account;
    });

    [Fact]
    public async Task ChangeDatabase_ThenReopened_BackInTheClustersDatabase()
    {
        await using var connection = await Cluster.OpenConnectionAsync();
        connection.ChangeDatabase("postgres");
        await connection.CloseAsync();
        Assert.Equal("app", connection.Database);
        await connection.OpenAsync();
        Assert.Equal("app", await connection.ValueAsync<string>("select current_database()::text"));
    }

    [Fact]
    public async Task Properties_OpenAndClosed_DriversOrTheClusters()
    {
        await using var bare = await Fixture.Bare.OpenConnectionAsync();
        await using var connection = Cluster.CreateConnection();
        foreach (var open in new[] { false, true })
        {
            Assert.Equal(bare.Database, connection.Database);
            Assert.Equal(bare.ConnectionTimeout, connection.ConnectionTimeout);
            Assert.Equal(bare.CanCreateBatch, connection.CanCreateBatch);
            Assert.Equal("orders", connection.DataSource);
            Assert.Equal(open ? "eu-1" : null, connection.NodeName);
            if (!open)
            {
                await connection.OpenAsync();
            }
        }

        Assert.Equal(bare.ServerVersion, connection.ServerVersion);
        var shown = new NpgsqlConnectionStringBuilder(connection.ConnectionString);
        Assert.Equal(string.Join(',', Fixture.Group.Nodes.Select(n => n.Endpoint)), shown.Host);
        Assert.Equal(17, shown.CommandTimeout);
        connection.ConnectionString = connection.ConnectionString;
        Assert.Throws<NotSupportedException>(() => connection.ConnectionString = "Host=elsewhere");
    }

    private static async Task<IEnumerable<string>> UseAsync(DbConnection connection)
    {
        using var scope = new System.Transactions.CommittableTransaction();
        var command = new List<string>();
        var createCommand = await EndAsync(() => Task.FromResult(connection.CreateCommand()));
        if (createCommand == "ends well")
        {
            using var text = connection.Text("select 1");
            command.Add(await EndAsync(() => text.ScalarAsync(Io.Sync)));
            command.Add(await EndAsync(() => text.NonQueryAsync(Io.Sync)));
            command.Add(await EndAsync(() => text.ReaderAsync(Io.Sync)));
            command.Add(await EndAsync(() => text.PrepareAsync(Io.Sync)));
            command.Add(await StartAndEndAsync(text.ExecuteScalarAsync));
            command.Add(await StartAndEndAsync(text.ExecuteNonQueryAsync));
            command.Add(await StartAndEndAsync(text.ExecuteReaderAsync));
            using var batch = connection.CreateBatch();
            var one = batch.CreateBatchCommand();
            one.CommandText = "select 1";
            batch.BatchCommands.Add(one);
            command.Add(await EndAsync(() => batch.NonQueryAsync(Io.Sync)));
            command.Add(await StartAndEndAsync(() => batch.ExecuteNonQueryAsync()));
            command.Add(await StartAndEndAsync(() => batch.ExecuteScalarAsync()));
            command.Add(await StartAndEndAsync(() => batch.ExecuteReaderAsync()));
        }

        return
        [
            createCommand, .. command,
            await EndAsync(() => connection.BeginAsync(Io.Sync)),
            await StartAndEndAsync(async () => await connection.BeginTransactionAsync()),
            await EndAsync(() => Task.Run(() => connection.ServerVersion)),
            await EndAsync(() => Task.Run(() => connection.GetSchema())),
            await StartAndEndAsync(() => connection.GetSchemaAsync("Tables")),
            await EndAsync(() => Task.Run(() => connection.ChangeDatabase("postgres"))),
            await EndAsync(() => Task.Run(() => connection.EnlistTransaction(scope))),
            await EndAsync(() => connection.CloseAsync(Io.Sync)),
            $"{connection.State}",
        ];
    }
}
