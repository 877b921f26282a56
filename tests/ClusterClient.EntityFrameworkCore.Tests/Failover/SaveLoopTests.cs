using ClusterClient.Testing;
using Microsoft.EntityFrameworkCore;

namespace ClusterClient.EntityFrameworkCore.Tests.Failover;

/// <summary>A failover in the middle of a loop of SaveChanges. Commits wait for the replica, so that nothing that was acknowledged can be lost.</summary>
public sealed class SaveLoopTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    [Theory]
    [InlineData("kill")]
    [InlineData("hang")]
    public async Task SaveChanges_PrimaryIsLostMeanwhile_LosesAndDoublesNothing(string fault)
    {
        await using var servers = await LocalPostgres.StartAsync(g => g.Region("eu", 2).Synchronous("*")
            .Sql("CREATE TABLE entries (id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY, number int NOT NULL)"));
        var builder = new ClusterDataSourceBuilder("orders").UseNpgsql(servers.ConnectionString).LocatedIn("eu");
        foreach (var node in servers.Nodes)
        {
            builder.AddNode(node.Endpoint, node.Region, name: node.Name);
        }

        await using var cluster = builder.Build();
        using var patience = new CancellationTokenSource(Patience);
        var (number, saved) = (0, new TaskCompletionSource());
        var promoted = false;
        var failover = FailOverAsync();
        for (var after = 0; after < 100; number++)
        {
            patience.Token.ThrowIfCancellationRequested();
            await using var context = new EntriesContext(cluster);
            // One statement, which would need no transaction, and several.
            context.AddRange(Enumerable.Repeat(number, number % 3 + 1).Select(n => new Entry { Number = n }));
            if (number % 2 == 0)
            {
                await context.SaveChangesAsync(patience.Token);
            }
            else
            {
                context.SaveChanges();
            }

            after += Volatile.Read(ref promoted) ? 1 : 0;
            if (number == 50)
            {
                saved.SetResult();
            }
        }

        await failover;
        await using var last = new EntriesContext(cluster);
        var counts = await last.Entries.GroupBy(e => e.Number).Select(g => new { g.Key, Count = g.Count() }).OrderBy(g => g.Key).ToListAsync();
        Assert.Equal(Enumerable.Range(0, number).Select(n => (n, n % 3 + 1)), counts.Select(c => (c.Key, c.Count)));

        async Task FailOverAsync()
        {
            await saved.Task.WaitAsync(Patience);
            if (fault == "kill")
            {
                await servers["eu-1"].KillAsync();
            }
            else
            {
                servers["eu-1"].Hang();
            }

            await servers["eu-2"].PromoteAsync();
            Volatile.Write(ref promoted, true);
        }
    }

    [Fact]
    public async Task Strategy_TransactionOfSeveralSaves_IsRunAgainAsAWhole()
    {
        await using var servers = await LocalPostgres.StartAsync(g => g.Region("eu", 2).Synchronous("*")
            .Sql("CREATE TABLE entries (id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY, number int NOT NULL)"));
        var builder = new ClusterDataSourceBuilder("orders").UseNpgsql(servers.ConnectionString).LocatedIn("eu");
        foreach (var node in servers.Nodes)
        {
            builder.AddNode(node.Endpoint, node.Region, name: node.Name);
        }

        await using var cluster = builder.Build();
        await using var context = new EntriesContext(cluster);
        var runs = 0;
        await context.Database.CreateExecutionStrategy().ExecuteAsync(async () =>
        {
            context.ChangeTracker.Clear();
            await using var transaction = await context.Database.BeginTransactionAsync();
            context.Add(new Entry { Number = 1 });
            await context.SaveChangesAsync();
            if (runs++ == 0)
            {
                await servers["eu-1"].KillAsync();
                await servers["eu-2"].PromoteAsync();
            }

            context.Add(new Entry { Number = 2 });
            await context.SaveChangesAsync();
            await transaction.CommitAsync();
        });
        Assert.Equal(2, runs);
        Assert.Equal([1, 2], await context.Entries.Select(e => e.Number).OrderBy(n => n).ToListAsync());
    }
}
