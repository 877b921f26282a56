using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using NpgsqlTypes;

namespace ClusterClient.EntityFrameworkCore.Tests;

public enum Mood
{
    Sad,
    Fine,
    Happy,
}

/// <summary>A model with one of everything that a provider does in its own way.</summary>
public sealed class ShopContext(DbContextOptions<ShopContext> options) : DbContext(options)
{
    public DbSet<Customer> Customers => Set<Customer>();

    public DbSet<Order> Orders => Set<Order>();

    public DbSet<OrderLine> Lines => Set<OrderLine>();

    public DbSet<Ticket> Tickets => Set<Ticket>();

    public DbSet<Article> Articles => Set<Article>();

    public DbSet<Category> Categories => Set<Category>();

    public DbSet<Animal> Animals => Set<Animal>();

    public DbSet<Reading> Readings => Set<Reading>();

    public DbSet<Total> Totals => Set<Total>();

    protected override void OnModelCreating(ModelBuilder modelBuilder)
    {
        modelBuilder.HasSequence<int>("ticket_numbers").StartsAt(1000).IncrementsBy(5);
        modelBuilder.Entity<Customer>(c =>
        {
            c.Property(x => x.Version).IsRowVersion();
            c.HasIndex(x => x.Name).IsUnique();
            c.OwnsOne(x => x.Home);
            c.OwnsOne(x => x.Contact, b =>
            {
                b.ToJson();
                b.OwnsMany(x => x.Phones);
            });
            c.HasQueryFilter(x => !x.IsDeleted);
        });
        modelBuilder.Entity<Order>(o =>
        {
            o.Property(x => x.Id).UseHiLo("order_hilo");
            o.ComplexProperty(x => x.Price);
            o.HasOne(x => x.Customer).WithMany(x => x.Orders).OnDelete(DeleteBehavior.Cascade).IsRequired(false);
        });
        modelBuilder.Entity<OrderLine>(l =>
        {
            l.HasKey(x => new { x.OrderId, x.Number });
            l.Property(x => x.Sum).HasComputedColumnSql("\"Count\" * \"Each\"", stored: true);
        });
        modelBuilder.Entity<Ticket>(t =>
        {
            t.Property(x => x.Number).HasDefaultValueSql("nextval('ticket_numbers')");
            t.Property(x => x.Made).HasDefaultValueSql("now()");
            t.Property(x => x.Colour).HasConversion(x => x.ToArgb(), x => System.Drawing.Color.FromArgb(x));
        });
        modelBuilder.Entity<Article>().HasMany(x => x.Categories).WithMany(x => x.Articles);
        modelBuilder.Entity<Animal>().HasDiscriminator<string>("Kind").HasValue<Cat>("cat").HasValue<Dog>("dog");
        modelBuilder.Entity<Total>().HasNoKey().ToSqlQuery(
            "SELECT \"CustomerId\", count(*)::int AS \"Count\" FROM \"Orders\" GROUP BY \"CustomerId\"");
    }
}

public sealed class Customer
{
    public int Id { get; set; }

    public required string Name { get; set; }

    public Mood Mood { get; set; }

    public string[] Tags { get; set; } = [];

    public bool IsDeleted { get; set; }

    public uint Version { get; set; }

    public Address? Home { get; set; }

    public Contact? Contact { get; set; }

    public List<Order> Orders { get; set; } = [];
}

public sealed class Address
{
    public required string Street { get; set; }

    public required string Town { get; set; }
}

public sealed class Contact
{
    public required string Mail { get; set; }

    public List<Phone> Phones { get; set; } = [];
}

public sealed class Phone
{
    public required string Kind { get; set; }

    public required string Number { get; set; }
}

public sealed class Order
{
    public int Id { get; set; }

    public int? CustomerId { get; set; }

    public Customer? Customer { get; set; }

    public Money Price { get; set; } = new() { Currency = "EUR" };

    public List<OrderLine> Lines { get; set; } = [];
}

public sealed class Money
{
    public decimal Amount { get; set; }

    public required string Currency { get; set; }
}

public sealed class OrderLine
{
    public int OrderId { get; set; }

    public int Number { get; set; }

    public int Count { get; set; }

    public decimal Each { get; set; }

    public decimal Sum { get; private set; }
}

public sealed class Ticket
{
    public Guid Id { get; set; }

    public int Number { get; private set; }

    public DateTimeOffset Made { get; private set; }

    public System.Drawing.Color Colour { get; set; }
}

public sealed class Article
{
    public int Id { get; set; }

    public required string Name { get; set; }

    public JsonDocument? Facts { get; set; }

    public List<Category> Categories { get; set; } = [];
}

public sealed class Category
{
    public int Id { get; set; }

    public required string Name { get; set; }

    public List<Article> Articles { get; set; } = [];
}

public abstract class Animal
{
    public int Id { get; set; }

    public required string Name { get; set; }
}

public sealed class Cat : Animal
{
    public int Lives { get; set; }
}

public sealed class Dog : Animal
{
    public bool IsLoud { get; set; }
}

public sealed class Reading
{
    public long Id { get; set; }

    public required string Batch { get; set; }

    public double Value { get; set; }

    public DateTimeOffset At { get; set; }

    public DateOnly Day { get; set; }

    public TimeSpan Took { get; set; }

    public NpgsqlRange<int> Scale { get; set; }

    public byte[] Raw { get; set; } = [];

    public Guid Sensor { get; set; }
}

public sealed class Total
{
    public int? CustomerId { get; set; }

    public int Count { get; set; }
}
