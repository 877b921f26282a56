using System.Data;
using System.Transactions;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Storage;
using IsolationLevel = System.Data.IsolationLevel;

namespace ClusterClient.EntityFrameworkCore.Tests.Suite;

// Transactions, savepoints, and what is changed without being loaded.
public abstract partial class SuiteTests
{
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Transaction_Committed_IsSeen(bool isAsync)
    {
        var batch = NewName();
        await using var shop = NewContext();
        await using (var transaction = isAsync ? await shop.Database.BeginTransactionAsync() : shop.Database.BeginTransaction())
        {
            shop.Add(new Reading { Batch = batch });
            await shop.SaveChangesAsync();
            shop.Add(new Reading { Batch = batch });
            shop.SaveChanges();
            Assert.Equal(0, await CountAsync(batch));
            Assert.Equal(2, await shop.Readings.CountAsync(r => r.Batch == batch));
            if (isAsync)
            {
                await transaction.CommitAsync();
            }
            else
            {
                transaction.Commit();
            }
        }

        Assert.Equal(2, await CountAsync(batch));
    }

    [Fact]
    public async Task Transaction_Disposed_IsUndone()
    {
        var batch = NewName();
        await using var shop = NewContext();
        await using (await shop.Database.BeginTransactionAsync())
        {
            shop.Add(new Reading { Batch = batch });
            await shop.SaveChangesAsync();
        }

        Assert.Equal(0, await CountAsync(batch));
        Assert.Null(shop.Database.CurrentTransaction);
        shop.Add(new Reading { Batch = batch });
        await shop.SaveChangesAsync();
        Assert.Equal(1, await CountAsync(batch));
    }

    [Fact]
    public async Task Transaction_RolledBackToSavepoint_KeepsTheRest()
    {
        var batch = NewName();
        await using var shop = NewContext();
        await using (var transaction = await shop.Database.BeginTransactionAsync())
        {
            Assert.True(transaction.SupportsSavepoints);
            shop.Add(new Reading { Batch = batch, Value = 1 });
            await shop.SaveChangesAsync();
            await transaction.CreateSavepointAsync("here");
            shop.Add(new Reading { Batch = batch, Value = 2 });
            await shop.SaveChangesAsync();
            await transaction.RollbackToSavepointAsync("here");
            await transaction.ReleaseSavepointAsync("here");
            await transaction.CommitAsync();
        }

        Assert.Equal(1, await CountAsync(batch));
    }

    [Fact]
    public async Task Transaction_FailedSave_GoesOnFromItsSavepoint()
    {
        var (taken, free) = (await AddCustomerAsync(), NewName());
        await using var shop = NewContext();
        await using (var transaction = await shop.Database.BeginTransactionAsync())
        {
            shop.Add(new Customer { Name = free });
            await shop.SaveChangesAsync();
            var twin = shop.Add(new Customer { Name = taken.Name });
            await Assert.ThrowsAsync<DbUpdateException>(() => shop.SaveChangesAsync());
            twin.State = EntityState.Detached;
            Assert.True(await shop.Customers.AnyAsync(c => c.Name == free));
            await transaction.CommitAsync();
        }

        await using var other = NewContext();
        Assert.True(await other.Customers.AnyAsync(c => c.Name == free));
    }

    [Fact]
    public async Task Transaction_Serializable_IsTheServers()
    {
        await using var shop = NewContext();
        await using var transaction = await shop.Database.BeginTransactionAsync(IsolationLevel.Serializable);
        Assert.Equal("serializable", await shop.Database.SqlQuery<string>(
            $"SELECT current_setting('transaction_isolation') AS \"Value\"").SingleAsync());
    }

    [Fact]
    public async Task Transaction_UsedByTwoContexts_IsOne()
    {
        var batch = NewName();
        await using var first = NewContext();
        await using (var transaction = await first.Database.BeginTransactionAsync())
        {
            first.Add(new Reading { Batch = batch });
            await first.SaveChangesAsync();
            var options = new DbContextOptionsBuilder<ShopContext>();
            Backend.Use(options, first.Database.GetDbConnection());
            await using var second = new ShopContext(options.Options);
            await second.Database.UseTransactionAsync(transaction.GetDbTransaction());
            Assert.Equal(1, await second.Readings.CountAsync(r => r.Batch == batch));
            second.Add(new Reading { Batch = batch });
            await second.SaveChangesAsync();
            await transaction.CommitAsync();
        }

        Assert.Equal(2, await CountAsync(batch));
    }

    [Fact]
    public async Task Transaction_ByTheStrategy_IsCommittedOnce()
    {
        var batch = NewName();
        await using var shop = NewContext();
        await shop.Database.CreateExecutionStrategy().ExecuteAsync(async () =>
        {
            await using var transaction = await shop.Database.BeginTransactionAsync();
            shop.Add(new Reading { Batch = batch });
            await shop.SaveChangesAsync();
            await transaction.CommitAsync();
        });
        Assert.Equal(1, await CountAsync(batch));
    }

    [Fact]
    public async Task ConnectionString_Changed_IsNotLost()
    {
        await using var shop = NewContext();
        Assert.NotNull(shop.Database.GetConnectionString());
        Assert.Equal(Backend.Source.CreateConnection().Database, shop.Database.GetDbConnection().Database);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task TransactionScope_OverTwoSaves_CommitsWhenItIsCompleted(bool isCompleted)
    {
        var batch = NewName();
        using (var scope = new TransactionScope(TransactionScopeAsyncFlowOption.Enabled))
        {
            await using var shop = NewContext();
            shop.Add(new Reading { Batch = batch });
            await shop.SaveChangesAsync();
            shop.Add(new Reading { Batch = batch });
            await shop.SaveChangesAsync();
            Assert.Equal(2, await shop.Readings.CountAsync(r => r.Batch == batch));
            if (isCompleted)
            {
                scope.Complete();
            }
        }

        Assert.Equal(isCompleted ? 2 : 0, await CountAsync(batch));
    }

    [Fact]
    public async Task EnlistTransaction_Committed_IsSeen()
    {
        var batch = NewName();
        using (var transaction = new CommittableTransaction())
        {
            await using var shop = NewContext();
            await shop.Database.OpenConnectionAsync();
            shop.Database.EnlistTransaction(transaction);
            shop.Add(new Reading { Batch = batch });
            await shop.SaveChangesAsync();
            Assert.Equal(0, await CountAsync(batch));
            transaction.Commit();
        }

        Assert.Equal(1, await CountAsync(batch));
    }

    [Fact]
    public async Task ExecuteUpdate_OfSome_ChangesThose()
    {
        var batch = await AddReadingsAsync(5);
        await using var shop = NewContext();
        Assert.Equal(2, await shop.Readings.Where(r => r.Batch == batch && r.Value >= 3)
            .ExecuteUpdateAsync(s => s.SetProperty(r => r.Value, r => r.Value + 100)));
        Assert.Equal([0, 1, 2, 103, 104], await shop.Readings.Where(r => r.Batch == batch).Select(r => r.Value).OrderBy(v => v).ToListAsync());
    }

    [Fact]
    public async Task ExecuteDelete_OfSome_RemovesThose()
    {
        var batch = await AddReadingsAsync(5);
        await using var shop = NewContext();
        Assert.Equal(2, shop.Readings.Where(r => r.Batch == batch && r.Value < 2).ExecuteDelete());
        Assert.Equal(3, await CountAsync(batch));
    }

    [Fact]
    public async Task ExecuteUpdate_ByRelatedRows_ChangesThose()
    {
        var customer = await AddCustomerAsync(more: c => c.Orders.AddRange([new(), new()]));
        await using var shop = NewContext();
        Assert.Equal(1, await shop.Customers.Where(c => c.Id == customer.Id && c.Orders.Count == 2)
            .ExecuteUpdateAsync(s => s.SetProperty(c => c.Mood, Mood.Happy)));
        Assert.Equal(Mood.Happy, await shop.Customers.Where(c => c.Id == customer.Id).Select(c => c.Mood).SingleAsync());
    }

    [Fact]
    public async Task ExecuteUpdate_InATransaction_IsUndoneWithIt()
    {
        var batch = await AddReadingsAsync(2);
        await using var shop = NewContext();
        await using (var transaction = await shop.Database.BeginTransactionAsync())
        {
            await shop.Readings.Where(r => r.Batch == batch).ExecuteUpdateAsync(s => s.SetProperty(r => r.Value, 9));
            await transaction.RollbackAsync();
        }

        Assert.Equal(1, await shop.Readings.Where(r => r.Batch == batch).SumAsync(r => r.Value));
    }

    [Fact]
    public async Task Delete_OfAPrincipal_TakesItsDependents()
    {
        var customer = await AddCustomerAsync(more: c => c.Orders.AddRange([new(), new()]));
        await using var shop = NewContext();
        shop.Remove(await shop.Customers.SingleAsync(c => c.Id == customer.Id));
        await shop.SaveChangesAsync();
        Assert.Equal(0, await shop.Orders.CountAsync(o => o.CustomerId == customer.Id));
    }
}
