using ClusterClient.EntityFrameworkCore.Tests.Backends;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;

namespace ClusterClient.EntityFrameworkCore.Tests.Schema;

/// <summary>A context whose second migration makes types that its entities have.</summary>
public sealed class MigratedContext(Backend backend) : DbContext
{
    public DbSet<Sweet> Sweets => Set<Sweet>();

    // The migrations are written by hand, without the snapshot that tools would compare.
    protected override void OnConfiguring(DbContextOptionsBuilder optionsBuilder)
    {
        optionsBuilder.ConfigureWarnings(w => w.Ignore(RelationalEventId.PendingModelChangesWarning));
        backend.Use(optionsBuilder);
    }

    protected override void OnModelCreating(ModelBuilder modelBuilder) => modelBuilder.Entity<Sweet>(s =>
    {
        s.ToTable("sweets");
        s.Property(x => x.Id).HasColumnName("id");
        s.Property(x => x.Name).HasColumnName("name").HasColumnType("citext");
        s.Property(x => x.Flavour).HasColumnName("flavour");
    });
}

public enum Flavour
{
    Sweet,
    Sour,
}

public sealed class Sweet
{
    public int Id { get; set; }

    public required string Name { get; set; }

    public Flavour Flavour { get; set; }
}
