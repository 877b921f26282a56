using System.Data;
using ClusterClient.Resilience;
using ClusterClient.Routing;
using ClusterClient.Tests.Fakes;

namespace ClusterClient.Tests.Data;

/// <summary>A connection that was just opened counts as the request that it was opened for.</summary>
public sealed class ReservedConnectionTests
{
    [Theory]
    [ClassData(typeof(CallKinds))]
    public async Task Open_Connection_IsInFlightUntilItsFirstCommandEnds(string kind)
    {
        await using var cluster = new FakeCluster(1).Sees("P1@9");
        await using var connection = await cluster.Writes.OpenConnectionAsync();
        Assert.Equal(("1", 1), (cluster.InFlight, cluster.Nodes[0].State.Connections));
        // However long it is held, nothing is late at the node.
        cluster.Clock.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal(0, cluster.Nodes[0].State.Load(cluster.Opener.Clock.Now, 0).Age);
        for (var i = 0; i < 2; i++)
        {
            await CallKinds.Run(kind, connection);
            Assert.Equal(("0", 1), (cluster.InFlight, cluster.Nodes[0].State.Connections));
        }

        await connection.CloseAsync();
        Assert.Equal(("0", 0), (cluster.InFlight, cluster.Nodes[0].State.Connections));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Close_WithoutACommand_FreesThePlaceOnce(bool sync)
    {
        await using var cluster = new FakeCluster(1).Sees("P1@9");
        var connection = cluster.Writes.CreateConnection();
        for (var i = 0; i < 3; i++)
        {
            await (sync ? Task.Run(connection.Open) : connection.OpenAsync());
            Assert.Equal("1", cluster.InFlight);
            if (sync)
            {
                connection.Close();
                connection.Close();
            }
            else
            {
                await connection.CloseAsync();
                await connection.CloseAsync();
            }

            Assert.Equal(("0", 0), (cluster.InFlight, cluster.Nodes[0].State.Connections));
        }

        connection.Dispose();
        Assert.Equal(("0", 0), (cluster.InFlight, cluster.Nodes[0].State.Connections));
    }

    /// <summary>Beginning is not what it was opened for.</summary>
    [Fact]
    public async Task BeginTransaction_KeepsThePlaceForTheCommandToCome()
    {
        await using var cluster = new FakeCluster(1).Sees("P1@9");
        await using var connection = await cluster.Writes.OpenConnectionAsync();
        await using var transaction = await connection.BeginTransactionAsync();
        Assert.Equal("1", cluster.InFlight);
        await connection.CreateCommand().ExecuteNonQueryAsync();
        await transaction.CommitAsync();
        Assert.Equal("0", cluster.InFlight);
    }

    [Theory]
    [InlineData(FaultKind.Rejected, 0)]
    [InlineData(FaultKind.Overloaded, 1_001_000)]
    public async Task Open_Fails_LeavesAPenaltyOnlyWhereItIsTheNodesFault(FaultKind fault, float service)
    {
        await using var cluster = new FakeCluster(1).Sees("P1@9");
        cluster.Servers[0].OnOpen = () =>
        {
            Assert.Equal(("1", 1), (cluster.InFlight, cluster.Nodes[0].State.Connections));
            cluster.Clock.Advance(TimeSpan.FromMilliseconds(2));
            throw new FakeFault(fault);
        };
        await Assert.ThrowsAsync<FakeFault>(() => cluster.OpenAsync(RouteIntent.Write, default).AsTask());
        Assert.Equal(service, cluster.Nodes[0].State.Load(cluster.Opener.Clock.Now, 1_000).Service, 5f);
        Assert.Throws<FakeFault>(() => cluster.Open(RouteIntent.Write));
        Assert.Equal(("0", 0), (cluster.InFlight, cluster.Nodes[0].State.Connections));
    }

    [Fact]
    public async Task Open_Succeeds_TeachesNothingOfHowTheNodeServes()
    {
        await using var cluster = new FakeCluster(1).Sees("P1@9");
        cluster.Servers[0].OnOpen = () =>
        {
            cluster.Clock.Advance(TimeSpan.FromMilliseconds(40));
            return Task.CompletedTask;
        };
        await using var connection = await cluster.Writes.OpenConnectionAsync();
        Assert.False(cluster.Nodes[0].State.IsKnown);
    }

    [Fact]
    public async Task Open_AfterItBroke_GivesTheFirstPlaceBack()
    {
        await using var cluster = new FakeCluster(1).Sees("P1@9");
        await using var connection = await cluster.Writes.OpenConnectionAsync();
        cluster.Servers[0].Connections[0].Abort();
        Assert.Equal(ConnectionState.Broken, connection.State);
        await connection.OpenAsync();
        Assert.Equal(("1", 1), (cluster.InFlight, cluster.Nodes[0].State.Connections));
    }
}
