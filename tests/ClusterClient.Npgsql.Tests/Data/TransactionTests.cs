using System.Data;
using System.Data.Common;
using ClusterClient.Data;

namespace ClusterClient.Npgsql.Tests.Data;

public sealed class TransactionTests(ClusterFixture fixture) : DataTest(fixture)
{
    public static TheoryData<Face, Io, IsolationLevel, string> Levels()
    {
        var data = new TheoryData<Face, Io, IsolationLevel, string>();
        foreach (var way in new EachWay())
        {
            foreach (var (level, name) in new[]
            {
                (IsolationLevel.Unspecified, "read committed"), (IsolationLevel.ReadUncommitted, "read uncommitted"),
                (IsolationLevel.ReadCommitted, "read committed"), (IsolationLevel.RepeatableRead, "repeatable read"),
                (IsolationLevel.Snapshot, "repeatable read"), (IsolationLevel.Serializable, "serializable"),
            })
            {
                data.Add((Face)way[0], (Io)way[1], level, name);
            }
        }

        return data;
    }

    [Theory, MemberData(nameof(Levels))]
    public async Task BeginTransaction_Level_IsTheServers(Face face, Io io, IsolationLevel level, string expected)
    {
        await using var connection = await Source(face).OpenAsync(io);
        await using var transaction = await connection.BeginAsync(io, level);
        Assert.Equal(expected, await connection.ValueAsync<string>("select current_setting('transaction_isolation')", io));
        Assert.Equal(level == IsolationLevel.Unspecified ? IsolationLevel.ReadCommitted : level, transaction.IsolationLevel);
    }

    [Theory, ClassData(typeof(EachWay))]
    public async Task Commit_CommandWithoutTransaction_WasInsideAndStays(Face face, Io io)
    {
        var id = Fixture.NextId();
        await using var connection = await Source(face).OpenAsync(io);
        await using var transaction = await connection.BeginAsync(io);
        await connection.RunAsync($"insert into note values ({id}, '{id}')", io);
        Assert.Equal(0, await NotesAsync(id));
        await transaction.CommitAsync(io);
        Assert.Equal(1, await NotesAsync(id));
    }

    [Theory, ClassData(typeof(EachWay))]
    public async Task Dispose_NotCommitted_RollsBack(Face face, Io io)
    {
        var id = Fixture.NextId();
        await using var connection = await Source(face).OpenAsync(io);
        var transaction = await connection.BeginAsync(io);
        await using var command = connection.Text($"insert into note values ({id}, '{id}')");
        command.Transaction = transaction;
        await command.NonQueryAsync(io);
        await transaction.DisposeAsync(io);
        await transaction.DisposeAsync(io);
        Assert.Equal(0, await NotesAsync(id));
        await connection.RunAsync($"insert into note values ({id}, '{id}')", io);
        Assert.Equal(1, await NotesAsync(id));
    }

    [Theory, ClassData(typeof(EachWay))]
    public async Task Savepoints_SaveRollbackRelease_KeepTheRest(Face face, Io io)
    {
        var (kept, undone, released) = (Fixture.NextId(), Fixture.NextId(), Fixture.NextId());
        await using var connection = await Source(face).OpenAsync(io);
        await using var transaction = await connection.BeginAsync(io);
        Assert.True(transaction.SupportsSavepoints);
        await InsertAsync(kept);
        await SaveAsync("first");
        await InsertAsync(undone);
        await Assert.ThrowsAsync<global::Npgsql.PostgresException>(() => InsertAsync(undone));
        if (io == Io.Sync)
        {
            transaction.Rollback("first");
        }
        else
        {
            await transaction.RollbackAsync("first");
        }

        await SaveAsync("second");
        await InsertAsync(released);
        if (io == Io.Sync)
        {
            transaction.Release("second");
        }
        else
        {
            await transaction.ReleaseAsync("second");
        }

        await transaction.CommitAsync(io);
        Assert.Equal((1, 0, 1), (await NotesAsync(kept), await NotesAsync(undone), await NotesAsync(released)));

        Task<int> InsertAsync(long id) => connection.RunAsync($"insert into note values ({id}, '{id}')", io);

        async Task SaveAsync(string name)
        {
            if (io == Io.Sync)
            {
                transaction.Save(name);
            }
            else
            {
                await transaction.SaveAsync(name);
            }
        }
    }

    [Theory, InlineData(Io.Sync), InlineData(Io.Async)]
    public Task Members_OverTheLife_AsDriver(Io io) => SameAsync(async source =>
    {
        var account = new List<string>();
        await using var connection = await source.OpenAsync(io);
        foreach (var commits in new[] { true, false })
        {
            var transaction = await connection.BeginAsync(io);
            account.Add(Connection(transaction));
            account.Add(await EndAsync(() => connection.BeginAsync(io)));
            await connection.RunAsync("select 1", io);
            await (commits ? transaction.CommitAsync(io) : transaction.RollbackAsync(io));
            account.Add(Connection(transaction));
            await LookAsync(transaction);
            await transaction.DisposeAsync(io);
            await LookAsync(transaction);
        }

        var unfinished = await connection.BeginAsync(io);
        await connection.RunAsync("select 1", io);
        await connection.CloseAsync(io);
        account.Add(Connection(unfinished));
        await LookAsync(unfinished);
        await unfinished.DisposeAsync(io);
        await connection.OpenAsync(io);
        account.Add(await EndAsync(() => connection.BeginAsync(io)));
        return account;

        async Task LookAsync(DbTransaction transaction)
        {
            account.Add(Connection(transaction));
            account.Add(await EndAsync(() => Task.Run(() => transaction.IsolationLevel)));
            account.Add(await EndAsync(() => transaction.CommitAsync(io)));
            account.Add(await StartAndEndAsync(() => transaction.CommitAsync()));
            account.Add(await EndAsync(() => transaction.RollbackAsync(io)));
            account.Add(await StartAndEndAsync(() => transaction.RollbackAsync()));
            account.Add(await EndAsync(() => Task.Run(() => transaction.Save("s"))));
        }

        string Connection(DbTransaction transaction)
        {
            try
            {
                return ReferenceEquals(transaction.Connection, connection) ? "the connection" : $"{transaction.Connection}";
            }
            catch (ObjectDisposedException)
            {
                return "disposed";
            }
        }
    });

    [Fact]
    public async Task Dispose_OfAnEarlierTransaction_LeavesTheNextOneAlone()
    {
        // The driver uses its transaction object again, where disposing the earlier one twice would end the next.
        var id = Fixture.NextId();
        await using var connection = await Cluster.OpenConnectionAsync();
        var first = await connection.BeginTransactionAsync();
        await first.DisposeAsync();
        await using var second = await connection.BeginTransactionAsync();
        await connection.RunAsync($"insert into note values ({id}, '{id}')");
        await first.DisposeAsync();
        first.Dispose();
        await Assert.ThrowsAsync<ObjectDisposedException>(() => first.RollbackAsync());
        await second.CommitAsync();
        Assert.Equal(1, await NotesAsync(id));
    }

    [Fact]
    public async Task Transaction_DriversOwnOnClusterCommand_ArgumentThatNamesIt()
    {
        await using var connection = await Cluster.OpenConnectionAsync();
        await using var transaction = await connection.BeginTransactionAsync();
        await using var command = connection.CreateCommand();
        var failure = Assert.Throws<ArgumentException>(
            () => command.Transaction = transaction.Unwrap<global::Npgsql.NpgsqlTransaction>());
        Assert.Contains("NpgsqlTransaction", failure.Message);
        Assert.IsType<ClusterTransaction>(transaction);
    }

    [Theory, InlineData(Io.Sync), InlineData(Io.Async)]
    public Task BeginTransaction_LevelUnsupported_FailsAsDriver(Io io) => SameAsync(async source =>
    {
        await using var connection = await source.OpenAsync(io);
        return
        [
            await EndAsync(() => connection.BeginAsync(io, IsolationLevel.Chaos)),
            await EndAsync(() => connection.RunAsync("select 1", io)),
        ];
    });

    [Theory, InlineData(Io.Sync), InlineData(Io.Async)]
    public Task Commit_BackendKilled_FailsAsDriver(Io io) => SameAsync(async source =>
    {
        var id = Fixture.NextId();
        await using var connection = await source.OpenAsync(io);
        await using var transaction = await connection.BeginAsync(io);
        await connection.RunAsync($"insert into note values ({id}, '{id}')", io);
        await KillAsync(await connection.BackendAsync(io));
        return
        [
            await EndAsync(() => transaction.CommitAsync(io)), await EndAsync(() => transaction.RollbackAsync(io)),
            $"{connection.State}", $"{await NotesAsync(id)}",
        ];
    });
}
