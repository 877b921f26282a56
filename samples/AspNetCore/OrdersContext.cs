using Microsoft.EntityFrameworkCore;

namespace AspNetCore;

internal sealed class OrdersContext(DbContextOptions<OrdersContext> options) : DbContext(options)
{
    public DbSet<Order> Orders => Set<Order>();
}
