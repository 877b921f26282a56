using System.Transactions;
using ClusterClient.Npgsql.Tests.Data;

namespace ClusterClient.Npgsql.Tests.AdoNet;

/// <summary>Scopes within a scope. Which transaction a connection is in is settled when it is opened, as it is with the driver.</summary>
public sealed class NestedScopeTests(ClusterFixture fixture) : DataTest(fixture)
{
    private static readonly TransactionScopeAsyncFlowOption Flows = TransactionScopeAsyncFlowOption.Enabled;

    [Theory, ClassData(typeof(EachWay))]
    public async Task Required_OuterNotCompleted_UndoesBoth(Face face, Io io)
    {
        var (outer, inner) = (Fixture.NextId(), Fixture.NextId());
        using (new TransactionScope(Flows))
        {
            await AddAsync(face, io, outer);
            using var scope = new TransactionScope(TransactionScopeOption.Required, Flows);
            await AddAsync(face, io, inner);
            scope.Complete();
        }

        Assert.Equal((0, 0), (await NotesAsync(outer), await NotesAsync(inner)));
    }

    [Theory, ClassData(typeof(EachWay))]
    public async Task Required_InnerNotCompleted_AbortsTheOuter(Face face, Io io)
    {
        var (outer, inner) = (Fixture.NextId(), Fixture.NextId());
        var scope = new TransactionScope(Flows);
        await AddAsync(face, io, outer);
        using (new TransactionScope(TransactionScopeOption.Required, Flows))
        {
            await AddAsync(face, io, inner);
        }

        scope.Complete();
        Assert.Throws<TransactionAbortedException>(scope.Dispose);
        Assert.Equal((0, 0), (await NotesAsync(outer), await NotesAsync(inner)));
    }

    [Theory, ClassData(typeof(EachWay))]
    public async Task RequiresNew_OuterNotCompleted_InnerStays(Face face, Io io)
    {
        var (outer, inner) = (Fixture.NextId(), Fixture.NextId());
        using (new TransactionScope(Flows))
        {
            var first = await AddAsync(face, io, outer);
            using var scope = new TransactionScope(TransactionScopeOption.RequiresNew, Flows);
            Assert.NotEqual(first, await AddAsync(face, io, inner));
            scope.Complete();
        }

        Assert.Equal((0, 1), (await NotesAsync(outer), await NotesAsync(inner)));
    }

    [Theory, ClassData(typeof(EachWay))]
    public async Task Suppress_OuterNotCompleted_InnerStays(Face face, Io io)
    {
        var (outer, inner) = (Fixture.NextId(), Fixture.NextId());
        using (new TransactionScope(Flows))
        {
            var first = await AddAsync(face, io, outer);
            using (new TransactionScope(TransactionScopeOption.Suppress, Flows))
            {
                Assert.NotEqual(first, await AddAsync(face, io, inner));
            }

            var again = Fixture.NextId();
            Assert.Equal(first, await AddAsync(face, io, again));
        }

        Assert.Equal((0, 1), (await NotesAsync(outer), await NotesAsync(inner)));
    }

    [Fact]
    public async Task Suppress_ReadsView_IsBackOnTheReplica()
    {
        using var scope = new TransactionScope(Flows);
        await using (var joined = await Cluster.Reads.OpenConnectionAsync())
        {
            Assert.Equal("eu-1", joined.NodeName);
        }

        using var suppressed = new TransactionScope(TransactionScopeOption.Suppress, Flows);
        await using var outside = await Cluster.Reads.OpenConnectionAsync();
        Assert.Equal("eu-2", outside.NodeName);
    }

    /// <returns>The session that it was done in.</returns>
    private async Task<int> AddAsync(Face face, Io io, long id)
    {
        await using var connection = await Source(face).OpenAsync(io);
        await connection.RunAsync($"insert into note values ({id}, '{id}')", io);
        return await connection.BackendAsync(io);
    }
}
