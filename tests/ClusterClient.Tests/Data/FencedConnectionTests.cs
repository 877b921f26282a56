using ClusterClient.Data;
using ClusterClient.Resilience;
using ClusterClient.Tests.Fakes;
using ClusterClient.Topology;

namespace ClusterClient.Tests.Data;

/// <summary>A connection that is open while its node loses its place, or fails.</summary>
public sealed class FencedConnectionTests
{
    [Theory]
    [InlineData(". P2@9/9", "Nothing more is sent to a: it still accepts writes in epoch 1, the newest is 2. This call was not sent. Open a new connection.")]
    [InlineData(". P1@9", "Nothing more is sent to a: it is one of 2 nodes that accept writes in epoch 1. This call was not sent. Open a new connection.")]
    [InlineData("t:P1@9 .", "Nothing more is sent to a: it belongs to system t, this group is s. This call was not sent. Open a new connection.")]
    public async Task Execute_NodeLostItsPlace_IsRefusedAndNotSent(string news, string message)
    {
        await using var cluster = new FakeCluster(2).Sees("P1@9 R1@9");
        await using var connection = await cluster.Writes.OpenConnectionAsync();
        await using var transaction = await connection.BeginTransactionAsync();
        await using var command = connection.CreateCommand();
        Assert.Equal(1, await command.ExecuteNonQueryAsync());
        var sent = cluster.Servers[0].Statements;

        cluster.Sees(news);
        var refusal = await Assert.ThrowsAsync<NodeFencedException>(() => command.ExecuteNonQueryAsync());
        Assert.Equal((message, "a", true), (refusal.Message, refusal.Node.Endpoint.Name, refusal.IsTransient));
        Assert.Throws<NodeFencedException>(() => command.ExecuteScalar());
        Assert.Throws<NodeFencedException>(connection.BeginTransaction);
        await Assert.ThrowsAsync<NodeFencedException>(() => transaction.CommitAsync());
        Assert.Throws<NodeFencedException>(transaction.Commit);
        Assert.Equal(sent, cluster.Servers[0].Statements);
        await connection.CloseAsync();
        Assert.Equal("0 0", cluster.InFlight);
    }

    [Theory]
    [InlineData(FaultKind.ConnectionLost, true)]
    [InlineData(FaultKind.ReadOnly, true)]
    [InlineData(FaultKind.Timeout, true)]
    [InlineData(FaultKind.Statement, false)]
    [InlineData(FaultKind.CallerCancelled, false)]
    public async Task Execute_Fault_ReachesTheCallerAndDoubtsTheNodeWhereItShould(FaultKind kind, bool doubts)
    {
        await using var cluster = new FakeCluster(2).Sees("P1@9 R1@9");
        await using var connection = await cluster.Writes.OpenConnectionAsync();
        await using var command = connection.CreateCommand();
        var fault = new FakeFault(kind);
        cluster.Servers[0].OnExecute = () => Task.FromException(fault);
        Assert.Same(fault, await Assert.ThrowsAsync<FakeFault>(() => command.ExecuteNonQueryAsync()));
        Assert.Equal(doubts, cluster.Monitor.Current.Nodes[0].IsDoubted);
    }

    [Fact]
    public async Task Execute_ReplicaThatRefusesAWrite_IsRightTo()
    {
        await using var cluster = new FakeCluster(2).Sees("P1@9 R1@9");
        await using var connection = await cluster.Reads.OpenConnectionAsync();
        await using var command = connection.CreateCommand();
        cluster.Servers[1].Refuses(new FakeFault(FaultKind.ReadOnly));
        cluster.Servers[1].OnExecute = () => Task.FromException(new FakeFault(FaultKind.ReadOnly));
        Assert.Throws<FakeFault>(() => command.ExecuteNonQuery());
        Assert.False(cluster.Monitor.Current.Nodes[1].IsDoubted);
    }

    [Fact]
    public async Task Execute_ReadOnADivergedReplica_IsRefused()
    {
        await using var cluster = new FakeCluster(3).Sees("P1@9 R1@9 R1@20");
        await using var first = await cluster.Reads.OpenConnectionAsync();
        await using var second = await cluster.Reads.OpenConnectionAsync();
        cluster.Sees("x P2@9/9 .");
        Assert.Equal(NodeStatus.Diverged, cluster.Monitor.Current.Nodes[2].Status);
        var (onDiverged, onOther) = first.NodeName == "c" ? (first, second) : (second, first);
        await using var refused = onDiverged.CreateCommand();
        Assert.Throws<NodeFencedException>(() => refused.ExecuteNonQuery());
        await using var served = onOther.CreateCommand();
        Assert.Equal(1, served.ExecuteNonQuery());
    }
}
