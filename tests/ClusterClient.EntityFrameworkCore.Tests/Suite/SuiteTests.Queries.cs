using Microsoft.EntityFrameworkCore;

namespace ClusterClient.EntityFrameworkCore.Tests.Suite;

// Queries, related data, and rows that stream.
public abstract partial class SuiteTests
{
    // Of one model, and each way has its own.
    private readonly Func<ShopContext, string, double, int> _above = EF.CompileQuery(
        (ShopContext shop, string batch, double limit) => shop.Readings.Count(r => r.Batch == batch && r.Value > limit));

    private readonly Func<ShopContext, string, IAsyncEnumerable<Reading>> _of = EF.CompileAsyncQuery(
        (ShopContext shop, string batch) => shop.Readings.Where(r => r.Batch == batch));

    private async Task<Customer> AddWithOrdersAsync(int orders = 2, int lines = 3) => await AddCustomerAsync(more: c => c.Orders.AddRange(
        Enumerable.Range(0, orders).Select(_ => new Order
        {
            Lines = [.. Enumerable.Range(1, lines).Select(i => new OrderLine { Number = i, Count = i, Each = 1 })],
        })));

    [Fact]
    public async Task Include_OfTwoLevels_LoadsAll()
    {
        var added = await AddWithOrdersAsync();
        await using var shop = NewContext();
        var customer = await shop.Customers.Include(c => c.Orders).ThenInclude(o => o.Lines).SingleAsync(c => c.Id == added.Id);
        Assert.Equal(6, customer.Orders.Sum(o => o.Lines.Count));
    }

    [Fact]
    public async Task Include_Filtered_LoadsSome()
    {
        var added = await AddWithOrdersAsync(orders: 1);
        await using var shop = NewContext();
        var order = await shop.Orders.Include(o => o.Lines.Where(l => l.Number > 1).OrderByDescending(l => l.Number)).SingleAsync(o => o.CustomerId == added.Id);
        Assert.Equal([3, 2], order.Lines.Select(l => l.Number));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task SplitQuery_OfTwoLevels_LoadsAll(bool isAsync)
    {
        var added = await AddWithOrdersAsync();
        await using var shop = NewContext();
        var query = shop.Customers.AsSplitQuery().Include(c => c.Orders).ThenInclude(o => o.Lines).Where(c => c.Id == added.Id);
        var customer = isAsync ? await query.SingleAsync() : query.Single();
        Assert.Equal(6, customer.Orders.Sum(o => o.Lines.Count));
    }

    [Fact]
    public async Task Load_OfNavigations_LoadsThem()
    {
        var added = await AddWithOrdersAsync();
        await using var shop = NewContext();
        var customer = await shop.Customers.SingleAsync(c => c.Id == added.Id);
        await shop.Entry(customer).Collection(c => c.Orders).LoadAsync();
        Assert.Equal(2, customer.Orders.Count);
        Assert.Equal(2, await shop.Entry(customer).Collection(c => c.Orders).Query().CountAsync());
        shop.ChangeTracker.Clear();
        var order = await shop.Orders.FirstAsync(o => o.CustomerId == added.Id);
        shop.Entry(order).Reference(o => o.Customer).Load();
        Assert.Equal(added.Name, order.Customer!.Name);
    }

    [Fact]
    public async Task ManyToMany_Changed_IsReadFromBothSides()
    {
        var name = NewName();
        await using (var shop = NewContext())
        {
            var shared = new Category { Name = name };
            shop.AddRange(new Article { Name = name, Categories = { shared, new() { Name = "other" } } }, new Article { Name = name, Categories = { shared } });
            await shop.SaveChangesAsync();
        }

        await using var other = NewContext();
        var category = await other.Categories.Include(c => c.Articles).SingleAsync(c => c.Name == name);
        Assert.Equal(2, category.Articles.Count);
        category.Articles.RemoveAt(0);
        await other.SaveChangesAsync();
        Assert.Equal(1, await other.Articles.CountAsync(a => a.Name == name && a.Categories.Any(c => c.Id == category.Id)));
    }

    [Fact]
    public async Task GroupBy_WithAggregates_IsTheServers()
    {
        var added = await AddWithOrdersAsync();
        await using var shop = NewContext();
        var sums = await shop.Lines.Join(shop.Orders, l => l.OrderId, o => o.Id, (l, o) => new { l, o.CustomerId })
            .Where(x => x.CustomerId == added.Id).GroupBy(x => x.l.Number)
            .Select(g => new { g.Key, Sum = g.Sum(x => x.l.Sum) }).OrderBy(x => x.Key).ToListAsync();
        Assert.Equal([(1, 2m), (2, 4m), (3, 6m)], sums.Select(s => (s.Key, s.Sum)));
    }

    [Fact]
    public async Task QueryFilter_OfTheModel_HidesUnlessIgnored()
    {
        var added = await AddCustomerAsync(more: c => c.IsDeleted = true);
        await using var shop = NewContext();
        Assert.False(await shop.Customers.AnyAsync(c => c.Id == added.Id));
        Assert.True(await shop.Customers.IgnoreQueryFilters().AnyAsync(c => c.Id == added.Id));
        Assert.Null(await shop.Customers.FindAsync(added.Id));
    }

    [Fact]
    public async Task Keyless_FromSql_IsRead()
    {
        var added = await AddWithOrdersAsync();
        await using var shop = NewContext();
        Assert.Equal(2, (await shop.Totals.SingleAsync(t => t.CustomerId == added.Id)).Count);
    }

    [Fact]
    public async Task Find_Twice_IsTheTrackedOne()
    {
        var added = await AddCustomerAsync();
        await using var shop = NewContext();
        var first = await shop.Customers.FindAsync(added.Id);
        Assert.Same(first, shop.Customers.Find(added.Id));
        Assert.Null(await shop.Customers.FindAsync(-1));
    }

    [Fact]
    public async Task NoTracking_WithIdentityResolution_SharesInstances()
    {
        var added = await AddWithOrdersAsync();
        await using var shop = NewContext();
        var orders = await shop.Orders.AsNoTrackingWithIdentityResolution().Include(o => o.Customer).Where(o => o.CustomerId == added.Id).ToListAsync();
        Assert.Same(orders[0].Customer, orders[1].Customer);
        Assert.Empty(shop.ChangeTracker.Entries());
    }

    [Fact]
    public async Task ServerFunctions_InAQuery_AreTheServers()
    {
        var name = NewName("Named");
        var pattern = "nAMED%" + name[5..];
        await AddCustomerAsync(name);
        await using var shop = NewContext();
        Assert.Equal(1, await shop.Customers.CountAsync(c => EF.Functions.ILike(c.Name, pattern)));
        Assert.Equal(1, await shop.Customers.CountAsync(c => c.Name == name && c.Name.ToUpper().StartsWith("NAMED")));
    }

    [Fact]
    public async Task CompiledQuery_WithParameters_RunsOnEveryContext()
    {
        var batch = await AddReadingsAsync(5);
        for (var limit = 0; limit < 3; limit++)
        {
            await using var shop = NewContext();
            Assert.Equal(4 - limit, _above(shop, batch, limit));
            var values = new List<double>();
            await foreach (var reading in _of(shop, batch))
            {
                values.Add(reading.Value);
            }

            Assert.Equal(5, values.Count);
        }
    }

    [Fact]
    public async Task AsAsyncEnumerable_OfManyRows_StreamsThem()
    {
        var batch = await AddReadingsAsync(500);
        await using var shop = NewContext();
        var sum = 0.0;
        await foreach (var reading in shop.Readings.AsNoTracking().Where(r => r.Batch == batch).AsAsyncEnumerable())
        {
            sum += reading.Value;
        }

        Assert.Equal(500 * 499 / 2, sum);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Streaming_LeftEarly_LeavesTheContextUsable(bool isAsync)
    {
        var batch = await AddReadingsAsync(100);
        await using var shop = NewContext();
        if (isAsync)
        {
            await foreach (var _ in shop.Readings.Where(r => r.Batch == batch).AsAsyncEnumerable())
            {
                break;
            }
        }
        else
        {
            foreach (var _ in shop.Readings.Where(r => r.Batch == batch).AsEnumerable())
            {
                break;
            }
        }

        Assert.Equal(System.Data.ConnectionState.Closed, shop.Database.GetDbConnection().State);
        shop.Add(new Reading { Batch = batch });
        await shop.SaveChangesAsync();
        Assert.Equal(101, await shop.Readings.CountAsync(r => r.Batch == batch));
    }

    [Fact]
    public async Task Query_Cancelled_EndsAtOnceAndLeavesTheContextUsable()
    {
        await using var shop = NewContext();
        using var cancellation = new CancellationTokenSource();
        var running = shop.Database.ExecuteSqlAsync($"SELECT pg_sleep(60)", cancellation.Token);
        cancellation.CancelAfter(50);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => running.WaitAsync(TimeSpan.FromSeconds(20)));
        Assert.Equal(0, await CountAsync(NewName()));
        Assert.Equal(1, await shop.Database.SqlQuery<int>($"SELECT 1 AS \"Value\"").SingleAsync());
    }

    [Fact]
    public async Task Contexts_Many_RunBesideEachOther()
    {
        var batch = NewName();
        await Task.WhenAll(Enumerable.Range(0, 30).Select(async i =>
        {
            await using var shop = NewContext();
            shop.Add(new Reading { Batch = batch, Value = i });
            await shop.SaveChangesAsync();
            Assert.Equal(i, (await shop.Readings.SingleAsync(r => r.Batch == batch && r.Value == i)).Value);
        }));
        Assert.Equal(30, await CountAsync(batch));
    }
}
