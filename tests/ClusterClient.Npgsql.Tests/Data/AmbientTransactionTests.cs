using System.Transactions;
using ClusterClient.Data;

namespace ClusterClient.Npgsql.Tests.Data;

public sealed class AmbientTransactionTests(ClusterFixture fixture) : DataTest(fixture)
{
    [Theory, ClassData(typeof(EachWay))]
    public async Task Scope_Completed_Commits(Face face, Io io)
    {
        var id = Fixture.NextId();
        using (var scope = NewScope())
        {
            await using var connection = await Source(face).OpenAsync(io);
            await connection.RunAsync($"insert into note values ({id}, '{id}')", io);
            scope.Complete();
        }

        Assert.Equal(1, await NotesAsync(id));
    }

    [Theory, ClassData(typeof(EachWay))]
    public async Task Scope_NotCompleted_RollsBack(Face face, Io io)
    {
        var id = Fixture.NextId();
        using (NewScope())
        {
            await using var connection = await Source(face).OpenAsync(io);
            await connection.RunAsync($"insert into note values ({id}, '{id}')", io);
        }

        Assert.Equal(0, await NotesAsync(id));
    }

    [Theory, ClassData(typeof(EachWay))]
    public async Task Scope_OpenedTwiceInTurn_SameBackendAndOneTransaction(Face face, Io io)
    {
        var id = Fixture.NextId();
        int first;
        using (var scope = NewScope())
        {
            await using (var connection = await Source(face).OpenAsync(io))
            {
                first = await connection.BackendAsync(io);
                await connection.RunAsync($"insert into note values ({id}, '{id}')", io);
            }

            await using (var connection = await Source(face).OpenAsync(io))
            {
                Assert.Equal(first, await connection.BackendAsync(io));
                Assert.Equal(1L, await connection.ValueAsync<long>($"select count(*) from note where id = {id}", io));
            }

            Assert.Equal(Guid.Empty, Transaction.Current!.TransactionInformation.DistributedIdentifier);
            scope.Complete();
        }

        Assert.Equal(1, await NotesAsync(id));
    }

    [Theory, InlineData(Io.Sync), InlineData(Io.Async)]
    public async Task Scope_ReadsViewInside_JoinsOnThePrimary(Io io)
    {
        var id = Fixture.NextId();
        using (var scope = NewScope())
        {
            int writer;
            await using (var connection = await Cluster.OpenAsync(io))
            {
                writer = await connection.BackendAsync(io);
                await connection.RunAsync($"insert into note values ({id}, '{id}')", io);
            }

            await using (var connection = (ClusterConnection)await Cluster.Reads.OpenAsync(io))
            {
                Assert.Equal("eu-1", connection.NodeName);
                Assert.Equal(writer, await connection.BackendAsync(io));
                Assert.Equal(1L, await connection.ValueAsync<long>($"select count(*) from note where id = {id}", io));
            }

            scope.Complete();
        }

        await using var outside = (ClusterConnection)await Cluster.Reads.OpenAsync(io);
        Assert.Equal("eu-2", outside.NodeName);
        Assert.Equal(1, await NotesAsync(id));
    }

    [Theory, ClassData(typeof(EachWay))]
    public async Task EnlistTransaction_OpenConnection_FollowsIt(Face face, Io io)
    {
        var (kept, undone) = (Fixture.NextId(), Fixture.NextId());
        await using var connection = await Source(face).OpenAsync(io);
        using (var transaction = new CommittableTransaction())
        {
            connection.EnlistTransaction(transaction);
            await connection.RunAsync($"insert into note values ({kept}, '{kept}')", io);
            transaction.Commit();
        }

        using (var transaction = new CommittableTransaction())
        {
            connection.EnlistTransaction(transaction);
            await connection.RunAsync($"insert into note values ({undone}, '{undone}')", io);
            transaction.Rollback();
        }

        Assert.Equal((1, 0), (await NotesAsync(kept), await NotesAsync(undone)));
    }

    [Theory, InlineData(Io.Sync), InlineData(Io.Async)]
    public Task EnlistTransaction_Twice_AsDriver(Io io) => SameAsync(async source =>
    {
        await using var connection = await source.OpenAsync(io);
        using var transaction = new CommittableTransaction();
        using var other = new CommittableTransaction();
        connection.EnlistTransaction(transaction);
        var again = await EndAsync(() => Task.Run(() => connection.EnlistTransaction(transaction)));
        var elsewhere = await EndAsync(() => Task.Run(() => connection.EnlistTransaction(other)));
        var local = await EndAsync(() => connection.BeginAsync(io));
        transaction.Rollback();
        return [again, elsewhere, local];
    });

    [Theory, ClassData(typeof(EachWay))]
    public async Task Scope_EnlistIsOff_StaysOutside(Face face, Io io)
    {
        var id = Fixture.NextId();
        await using var cluster = Fixture.NewCluster("Enlist=false");
        await using var bare = Fixture.NewBare("Enlist=false");
        using (NewScope())
        {
            await using var connection = await (face == Face.Bare ? bare : (System.Data.Common.DbDataSource)cluster).OpenAsync(io);
            await connection.RunAsync($"insert into note values ({id}, '{id}')", io);
        }

        Assert.Equal(1, await NotesAsync(id));
    }

    private static TransactionScope NewScope() => new(TransactionScopeAsyncFlowOption.Enabled);
}
