using Microsoft.EntityFrameworkCore;
using Npgsql;

namespace ClusterClient.EntityFrameworkCore.Tests.Suite;

// Keys, values that the server makes, and batches.
public abstract partial class SuiteTests
{
    [Fact]
    public async Task Identity_Added_IsTheServers()
    {
        var (first, second) = (await AddCustomerAsync(), await AddCustomerAsync());
        Assert.True(second.Id > first.Id && first.Id > 0);
    }

    [Fact]
    public async Task Identity_Given_IsKept()
    {
        var id = Random.Shared.Next(1_000_000, int.MaxValue);
        await AddCustomerAsync(more: c => c.Id = id);
        await using var shop = NewContext();
        Assert.NotNull(await shop.Customers.FindAsync(id));
    }

    [Fact]
    public async Task HiLo_ManyAdded_AreDistinctBeforeTheyAreSaved()
    {
        await using var shop = NewContext();
        var orders = Enumerable.Range(0, 25).Select(_ => new Order()).ToList();
        await shop.AddRangeAsync(orders);
        Assert.Equal(25, orders.Select(o => o.Id).Where(id => id > 0).Distinct().Count());
        await shop.SaveChangesAsync();
        var ids = orders.Select(o => o.Id).ToArray();
        Assert.Equal(25, await shop.Orders.CountAsync(o => ids.Contains(o.Id)));
    }

    [Fact]
    public void HiLo_AddedBlocking_IsSet()
    {
        using var shop = NewContext();
        var order = shop.Add(new Order()).Entity;
        Assert.True(order.Id > 0);
        Assert.Equal(1, shop.SaveChanges());
    }

    [Fact]
    public async Task Sequence_OfTwoRows_GoesOnByItsStep()
    {
        await using var shop = NewContext();
        Ticket[] tickets = [new(), new()];
        shop.AddRange(tickets);
        await shop.SaveChangesAsync();
        Assert.Equal(0, tickets[0].Number % 5);
        Assert.Equal(5, Math.Abs(tickets[1].Number - tickets[0].Number));
        Assert.NotEqual(default, tickets[0].Made);
    }

    [Fact]
    public async Task Guid_OfTheClient_IsKept()
    {
        await using var shop = NewContext();
        var ticket = shop.Add(new Ticket { Colour = System.Drawing.Color.FromArgb(1, 2, 3) }).Entity;
        var id = ticket.Id;
        Assert.NotEqual(Guid.Empty, id);
        await shop.SaveChangesAsync();
        shop.ChangeTracker.Clear();
        Assert.Equal(System.Drawing.Color.FromArgb(1, 2, 3), (await shop.Tickets.SingleAsync(t => t.Id == id)).Colour);
    }

    [Fact]
    public async Task CompositeKey_Find_FindsIt()
    {
        await using var shop = NewContext();
        var order = shop.Add(new Order { Lines = { new() { Number = 1, Count = 2, Each = 3 }, new() { Number = 2, Count = 5, Each = 7 } } }).Entity;
        await shop.SaveChangesAsync();
        shop.ChangeTracker.Clear();
        Assert.Equal(5, (await shop.Lines.FindAsync(order.Id, 2))!.Count);
        Assert.Null(shop.Lines.Find(order.Id, 3));
    }

    [Fact]
    public async Task ComputedColumn_SavedAndChanged_IsRead()
    {
        await using var shop = NewContext();
        var line = new OrderLine { Number = 1, Count = 3, Each = 1.5m };
        shop.Add(new Order { Lines = { line } });
        await shop.SaveChangesAsync();
        Assert.Equal(4.5m, line.Sum);
        line.Count = 4;
        await shop.SaveChangesAsync();
        Assert.Equal(6m, line.Sum);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task SaveChanges_Hundreds_AllHaveKeys(bool isAsync)
    {
        await using var shop = NewContext();
        var batch = NewName();
        var readings = Enumerable.Range(0, 300).Select(i => new Reading { Batch = batch, Value = i }).ToArray();
        shop.AddRange(readings);
        Assert.Equal(300, isAsync ? await shop.SaveChangesAsync() : shop.SaveChanges());
        Assert.Equal(300, readings.Select(r => r.Id).Where(id => id > 0).Distinct().Count());
        Assert.Equal(300, await CountAsync(batch));
    }

    [Fact]
    public async Task SaveChanges_InsertUpdateAndDelete_AreDoneTogether()
    {
        var batch = await AddReadingsAsync(3);
        await using var shop = NewContext();
        var readings = await shop.Readings.Where(r => r.Batch == batch).OrderBy(r => r.Value).ToListAsync();
        readings[0].Value = 10;
        shop.Remove(readings[1]);
        shop.Add(new Reading { Batch = batch, Value = 20 });
        Assert.Equal(3, await shop.SaveChangesAsync());
        Assert.Equal([2, 10, 20], await shop.Readings.Where(r => r.Batch == batch).Select(r => r.Value).OrderBy(v => v).ToListAsync());
    }

    [Fact]
    public async Task SaveChanges_SmallBatches_AreDoneTogether()
    {
        await using var shop = NewContext(o => o.UseNpgsql(n => n.MaxBatchSize(2)));
        var batch = NewName();
        shop.AddRange(Enumerable.Range(0, 7).Select(i => new Reading { Batch = batch, Value = i }));
        Assert.Equal(7, await shop.SaveChangesAsync());
        Assert.Equal(7, await CountAsync(batch));
    }

    [Fact]
    public async Task SaveChanges_OneOfManyFails_SavesNone()
    {
        var taken = await AddCustomerAsync();
        await using var shop = NewContext();
        var free = NewName();
        shop.AddRange(new Customer { Name = free }, new Customer { Name = taken.Name });
        var refused = await Assert.ThrowsAsync<DbUpdateException>(() => shop.SaveChangesAsync());
        Assert.Equal(PostgresErrorCodes.UniqueViolation, Assert.IsType<PostgresException>(refused.InnerException).SqlState);
        await using var other = NewContext();
        Assert.False(await other.Customers.AnyAsync(c => c.Name == free));
    }

    [Fact]
    public async Task SaveChanges_ForeignKeyOfNobody_IsRefused()
    {
        await using var shop = NewContext();
        shop.Add(new Order { CustomerId = -1 });
        var refused = await Assert.ThrowsAsync<DbUpdateException>(() => shop.SaveChangesAsync());
        Assert.Equal(PostgresErrorCodes.ForeignKeyViolation, Assert.IsType<PostgresException>(refused.InnerException).SqlState);
    }

    [Fact]
    public async Task SaveChanges_StaleRow_IsAConflict()
    {
        var customer = await AddCustomerAsync();
        await using var mine = NewContext();
        await using var theirs = NewContext();
        var seen = await mine.Customers.SingleAsync(c => c.Id == customer.Id);
        (await theirs.Customers.SingleAsync(c => c.Id == customer.Id)).Mood = Mood.Happy;
        await theirs.SaveChangesAsync();

        seen.Mood = Mood.Fine;
        var conflict = await Assert.ThrowsAsync<DbUpdateConcurrencyException>(() => mine.SaveChangesAsync());
        await conflict.Entries.Single().ReloadAsync();
        Assert.Equal(Mood.Happy, seen.Mood);
        seen.Mood = Mood.Fine;
        Assert.Equal(1, await mine.SaveChangesAsync());
    }

    [Fact]
    public async Task SaveChanges_DeletedRow_IsAConflict()
    {
        var customer = await AddCustomerAsync();
        await using var shop = NewContext();
        var seen = await shop.Customers.SingleAsync(c => c.Id == customer.Id);
        await using (var other = NewContext())
        {
            await other.Customers.Where(c => c.Id == customer.Id).ExecuteDeleteAsync();
        }

        shop.Remove(seen);
        await Assert.ThrowsAsync<DbUpdateConcurrencyException>(() => shop.SaveChangesAsync());
    }

    [Fact]
    public async Task SaveChanges_TwiceOnOneEntity_FollowsItsVersion()
    {
        var customer = await AddCustomerAsync();
        await using var shop = NewContext();
        shop.Attach(customer);
        var versions = new List<uint> { customer.Version };
        for (var i = 0; i < 3; i++)
        {
            customer.Tags = [$"{i}"];
            await shop.SaveChangesAsync();
            versions.Add(customer.Version);
        }

        Assert.Equal(4, versions.Distinct().Count());
    }
}
