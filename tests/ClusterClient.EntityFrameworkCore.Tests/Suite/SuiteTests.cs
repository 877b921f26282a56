using ClusterClient.EntityFrameworkCore.Tests.Backends;
using Microsoft.EntityFrameworkCore;

namespace ClusterClient.EntityFrameworkCore.Tests.Suite;

/// <summary>
/// What Entity Framework does on PostgreSQL, whichever way it reaches it: Npgsql alone is the measure, and the others pass the same tests.
/// </summary>
[Collection(Servers.Name)]
public abstract partial class SuiteTests
{
    private static int _names;

    protected abstract Backend Backend { get; }

    // So that no test meets another's rows.
    private static string NewName(string prefix = "n") => $"{prefix}{Interlocked.Increment(ref _names)}-{Guid.NewGuid():N}";

    private ShopContext NewContext(Action<DbContextOptionsBuilder>? more = null) => Database<Backend>.NewContext(Backend, more);

    private async Task<Customer> AddCustomerAsync(string? name = null, Action<Customer>? more = null)
    {
        await using var shop = NewContext();
        var customer = new Customer { Name = name ?? NewName() };
        more?.Invoke(customer);
        shop.Add(customer);
        await shop.SaveChangesAsync();
        return customer;
    }

    private async Task<string> AddReadingsAsync(int count)
    {
        var batch = NewName("b");
        await using var shop = NewContext();
        shop.AddRange(Enumerable.Range(0, count).Select(i => new Reading { Batch = batch, Value = i }));
        await shop.SaveChangesAsync();
        return batch;
    }

    private async Task<int> CountAsync(string batch)
    {
        await using var shop = NewContext();
        return await shop.Readings.CountAsync(r => r.Batch == batch);
    }
}
