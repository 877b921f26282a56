using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Xunit.Abstractions;

namespace ClusterClient.EntityFrameworkCore.Tests.Routing;

/// <summary>What a context has written, its reads show, on a replica too; and what it has not, keeps nothing away from replicas.</summary>
[Collection(Servers.Name)]
public sealed class ReadYourWritesTests(Places places, Servers servers, ITestOutputHelper output) : IClassFixture<Places>, IAsyncLifetime
{
    private static readonly Dictionary<string, Func<PlacesContext, int, Task>> Writes = new()
    {
        ["SaveChanges"] = async (c, v) =>
        {
            (await c.Counters.SingleAsync(x => x.Id == 1)).Value = v;
            await c.SaveChangesAsync();
        },
        ["ExecuteUpdate"] = (c, v) => c.Counters.Where(x => x.Id == 1).ExecuteUpdateAsync(s => s.SetProperty(x => x.Value, v)),
        ["ExecuteSql"] = (c, v) => c.Database.ExecuteSqlAsync($"update counters set value = {v} where id = 1"),
        ["FromSql"] = (c, v) => c.Counters.FromSql($"update counters set value = {v} where id = 1 returning *").AsNoTracking().ToListAsync(),
        ["transaction"] = async (c, v) =>
        {
            await using var transaction = await c.Database.BeginTransactionAsync();
            await c.Counters.Where(x => x.Id == 1).ExecuteUpdateAsync(s => s.SetProperty(x => x.Value, v));
            await transaction.CommitAsync();
        },
        ["connection"] = async (c, v) =>
        {
            await c.Database.OpenConnectionAsync();
            await using var command = c.Database.GetDbConnection().CreateCommand();
            command.CommandText = $"update counters set value = {v} where id = 1";
            await command.ExecuteNonQueryAsync();
            await c.Database.CloseConnectionAsync();
        },
    };

    private static int _value;

    public static TheoryData<string> AllWrites() => [.. Writes.Keys];

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync()
    {
        await servers.Replica.ResumeReplayAsync();
        await servers.Replica.ConfigureAsync("recovery_min_apply_delay", "0");
        await servers.Group.WaitForReplicationAsync();
    }

    [Theory]
    [MemberData(nameof(AllWrites))]
    public async Task OnReplica_AfterAWrite_ShowsItWhereverItRuns(string write)
    {
        var value = Interlocked.Increment(ref _value);
        await using var context = places.NewContext();
        await UntilOnReplicaAsync(context);
        await servers.Replica.PauseReplayAsync();
        await Writes[write](context, value);
        context.ChangeTracker.Clear();

        Assert.Equal(new(value, false), await ReadAsync(context));
        await servers.Replica.ResumeReplayAsync();
        await Until.TrueAsync(async () =>
        {
            var (read, isOnReplica) = await ReadAsync(context);
            Assert.Equal(value, read);
            return isOnReplica;
        });
    }

    [Fact]
    public async Task OnReplica_AfterReadsAlone_RunsThere()
    {
        await using var context = places.NewContext();
        await UntilOnReplicaAsync(context);
        await servers.Replica.PauseReplayAsync();
        Assert.False((await context.Places.AsNoTracking().FirstAsync()).IsOnReplica);
        Assert.False((await context.Places.AsNoTracking().Include(p => p.Spots).AsSplitQuery().FirstAsync()).IsOnReplica);

        Assert.True((await ReadAsync(context)).IsOnReplica);
    }

    [Fact]
    public async Task Pool_ContextThatWrote_IsStaleForNobodyAndFreeAgainSoon()
    {
        var pool = new PooledDbContextFactory<PlacesContext>(places.NewOptions(), poolSize: 1);
        var value = Interlocked.Increment(ref _value);
        await using (var first = await pool.CreateDbContextAsync())
        {
            await UntilOnReplicaAsync(first);
            await servers.Replica.PauseReplayAsync();
            await Writes["SaveChanges"](first, value);
        }

        // The next user of the same context may well be the one who has just saved, in the request before.
        await using (var second = await pool.CreateDbContextAsync())
        {
            Assert.Equal(new(value, false), await ReadAsync(second));
        }

        // Whoever never wrote may read what is old.
        await using (var other = places.NewContext())
        {
            Assert.True((await ReadAsync(other)).IsOnReplica);
        }

        await servers.Replica.ResumeReplayAsync();
        await using var third = await pool.CreateDbContextAsync();
        await UntilOnReplicaAsync(third);
    }

    [Fact]
    public async Task OnReplica_ThousandRoundsBehindALaggingReplica_IsNeverStale()
    {
        await servers.Replica.ConfigureAsync("recovery_min_apply_delay", "20ms");
        await using var context = places.NewContext();
        var counter = await context.Counters.SingleAsync(c => c.Id == 1);
        var (onReplica, onPrimary) = (0, 0);
        for (var round = 0; round < 1000; round++)
        {
            counter.Value = Interlocked.Increment(ref _value);
            await context.SaveChangesAsync();
            await CheckAsync();
            if (round % 20 == 0)
            {
                // Sooner or later the replica has it.
                await Until.TrueAsync(CheckAsync);
            }
        }

        output.WriteLine($"{onReplica} reads on the replica, {onPrimary} on the primary, none stale");
        Assert.True(onReplica >= 50);
        Assert.True(onPrimary >= 500);

        async Task<bool> CheckAsync()
        {
            var (value, isOnReplica) = await ReadAsync(context);
            Assert.Equal(counter.Value, value);
            _ = isOnReplica ? onReplica++ : onPrimary++;
            return isOnReplica;
        }
    }

    private static async Task UntilOnReplicaAsync(PlacesContext context) => await Until.TrueAsync(async () => (await ReadAsync(context)).IsOnReplica);

    private static Task<Seen> ReadAsync(PlacesContext context) => context.Database.SqlQuery<Seen>(
        $"select value as \"Value\", pg_is_in_recovery() as \"IsOnReplica\" from counters where id = 1").OnReplica().SingleAsync();

    private sealed record Seen(int Value, bool IsOnReplica);
}
