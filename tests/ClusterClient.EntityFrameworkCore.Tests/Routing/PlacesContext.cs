using Microsoft.EntityFrameworkCore;

namespace ClusterClient.EntityFrameworkCore.Tests.Routing;

/// <summary>A context whose rows tell which server they were read from.</summary>
public sealed class PlacesContext(DbContextOptions<PlacesContext> options) : DbContext(options)
{
    public const string Schema =
        """
        create table counters (id int primary key, value int not null);
        insert into counters values (1, 0);
        create table place (id int primary key);
        insert into place values (1), (2);
        create view places as select id, pg_is_in_recovery() as is_on_replica from place;
        create view spots as select p.id * 10 + n as id, p.id as place_id, pg_is_in_recovery() as is_on_replica from place p, generate_series(1, 2) n;
        grant all on all tables in schema public to app;
        """;

    public DbSet<Place> Places => Set<Place>();

    public DbSet<Counter> Counters => Set<Counter>();

    protected override void OnModelCreating(ModelBuilder modelBuilder)
    {
        modelBuilder.Entity<Place>(p =>
        {
            p.ToView("places");
            p.Property(x => x.Id).HasColumnName("id");
            p.Property(x => x.IsOnReplica).HasColumnName("is_on_replica");
            p.HasMany(x => x.Spots).WithOne().HasForeignKey(x => x.PlaceId);
        });
        modelBuilder.Entity<Spot>(s =>
        {
            s.ToView("spots");
            s.Property(x => x.Id).HasColumnName("id");
            s.Property(x => x.PlaceId).HasColumnName("place_id");
            s.Property(x => x.IsOnReplica).HasColumnName("is_on_replica");
        });
        modelBuilder.Entity<Counter>(c =>
        {
            c.ToTable("counters");
            c.Property(x => x.Id).HasColumnName("id").ValueGeneratedNever();
            c.Property(x => x.Value).HasColumnName("value");
        });
    }
}

public sealed class Place
{
    public int Id { get; set; }

    public bool IsOnReplica { get; set; }

    public List<Spot> Spots { get; set; } = [];
}

public sealed class Spot
{
    public int Id { get; set; }

    public int PlaceId { get; set; }

    public bool IsOnReplica { get; set; }
}

public sealed class Counter
{
    public int Id { get; set; }

    public int Value { get; set; }
}
