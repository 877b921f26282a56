using System.Data.Common;
using ClusterClient.Npgsql.Tests.Data;

namespace ClusterClient.Npgsql.Tests.AdoNet;

/// <summary>A repository as applications write them, which knows ADO.NET's base classes alone.</summary>
public sealed class RepositoryTests(ClusterFixture fixture) : DataTest(fixture)
{
    [Theory, ClassData(typeof(EachWay))]
    public async Task Repository_OverDataSource_KeepsAndFinds(Face face, Io io)
    {
        var (kept, undone) = (Fixture.NextId(), Fixture.NextId());
        var notes = new Notes(Source(face), Source(face), io);
        await notes.AddAsync(kept, stays: true);
        await notes.AddAsync(undone, stays: false);
        Assert.Equal((1L, 0L), (await notes.CountAsync(kept), await notes.CountAsync(undone)));
        await notes.RemoveAsync(kept);
        Assert.Equal(0L, await notes.CountAsync(kept));
    }

    [Theory, InlineData(Io.Sync), InlineData(Io.Async)]
    public async Task Repository_ReadsFromTheView_FindsOnTheReplica(Io io)
    {
        var id = Fixture.NextId();
        var notes = new Notes(Cluster, Cluster.Reads, io);
        await notes.AddAsync(id, stays: true);
        await Fixture.Group.WaitForReplicationAsync();
        Assert.Equal(1L, await notes.CountAsync(id));
    }

    private sealed class Notes(DbDataSource writes, DbDataSource reads, Io io)
    {
        public async Task AddAsync(long id, bool stays)
        {
            await using var connection = await writes.OpenAsync(io);
            await using var transaction = await connection.BeginAsync(io);
            await using var batch = connection.CreateBatch();
            batch.Transaction = transaction;
            foreach (var sql in new[] { $"insert into note values ({id}, 'draft {id}')", $"update note set body = '{id}' where id = {id}" })
            {
                var command = batch.CreateBatchCommand();
                command.CommandText = sql;
                batch.BatchCommands.Add(command);
            }

            Assert.Equal(2, await batch.NonQueryAsync(io));
            if (stays)
            {
                await transaction.CommitAsync(io);
            }
        }

        public async Task RemoveAsync(long id)
        {
            await using var command = writes.CreateCommand($"delete from note where id = {id}");
            Assert.Equal(1, await command.NonQueryAsync(io));
        }

        public async Task<long> CountAsync(long id)
        {
            await using var command = reads.CreateCommand("select count(*) from note where id = @id");
            var parameter = command.CreateParameter();
            (parameter.ParameterName, parameter.Value) = ("id", id);
            command.Parameters.Add(parameter);
            return (long)(await command.ScalarAsync(io))!;
        }
    }
}
