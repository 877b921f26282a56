using System.Data.Common;
using Microsoft.EntityFrameworkCore;

namespace ClusterClient.EntityFrameworkCore.Tests.Failover;

public sealed class EntriesContext(DbDataSource source) : DbContext
{
    public DbSet<Entry> Entries => Set<Entry>();

    protected override void OnConfiguring(DbContextOptionsBuilder optionsBuilder) => optionsBuilder.UseNpgsql(source).UseCluster();

    protected override void OnModelCreating(ModelBuilder modelBuilder) => modelBuilder.Entity<Entry>(e =>
    {
        e.ToTable("entries");
        e.Property(x => x.Id).HasColumnName("id").UseIdentityAlwaysColumn();
        e.Property(x => x.Number).HasColumnName("number");
    });
}

public sealed class Entry
{
    public int Id { get; set; }

    public int Number { get; set; }
}
