using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using NpgsqlTypes;

namespace ClusterClient.EntityFrameworkCore.Tests.Suite;

// What columns may be.
public abstract partial class SuiteTests
{
    [Fact]
    public async Task Owned_InColumns_IsReadAndFiltered()
    {
        var town = NewName("town");
        var customer = await AddCustomerAsync(more: c => c.Home = new() { Street = "Side", Town = town });
        await using var shop = NewContext();
        var found = await shop.Customers.SingleAsync(c => c.Home!.Town == town);
        Assert.Equal((customer.Id, "Side"), (found.Id, found.Home!.Street));
        found.Home.Street = "Main";
        await shop.SaveChangesAsync();
        Assert.Equal("Main", await shop.Customers.Where(c => c.Id == customer.Id).Select(c => c.Home!.Street).SingleAsync());
    }

    [Fact]
    public async Task Owned_InJson_IsReadChangedAndFiltered()
    {
        var mail = NewName("mail");
        var customer = await AddCustomerAsync(more: c => c.Contact = new() { Mail = mail, Phones = { new() { Kind = "home", Number = "1" } } });
        await using (var shop = NewContext())
        {
            var found = await shop.Customers.SingleAsync(c => c.Contact!.Mail == mail);
            found.Contact!.Phones.Add(new() { Kind = "work", Number = "2" });
            found.Contact.Phones[0].Number = "3";
            await shop.SaveChangesAsync();
        }

        await using var other = NewContext();
        var phones = (await other.Customers.SingleAsync(c => c.Id == customer.Id)).Contact!.Phones;
        Assert.Equal(["home 3", "work 2"], phones.Select(p => $"{p.Kind} {p.Number}"));
        Assert.Equal(1, await other.Customers.CountAsync(c => c.Id == customer.Id && c.Contact!.Phones.Any(p => p.Number == "2")));
    }

    [Fact]
    public async Task JsonDocument_Saved_IsReadAndFiltered()
    {
        var name = NewName();
        await using var shop = NewContext();
        shop.Add(new Article { Name = name, Facts = JsonDocument.Parse("""{"weight": 7, "colours": ["red", "blue"]}""") });
        await shop.SaveChangesAsync();
        shop.ChangeTracker.Clear();
        var article = await shop.Articles.SingleAsync(a => a.Name == name && a.Facts!.RootElement.GetProperty("weight").GetInt32() == 7);
        Assert.Equal("blue", article.Facts!.RootElement.GetProperty("colours")[1].GetString());
    }

    [Fact]
    public async Task Array_Saved_IsReadAndFiltered()
    {
        var tag = NewName("tag");
        var customer = await AddCustomerAsync(more: c => c.Tags = ["a", tag]);
        await using var shop = NewContext();
        Assert.Equal(["a", tag], (await shop.Customers.SingleAsync(c => c.Tags.Contains(tag))).Tags);
        int[] ids = [customer.Id, -1];
        Assert.Equal(1, await shop.Customers.CountAsync(c => ids.Contains(c.Id)));
    }

    [Fact]
    public async Task Enum_OfTheServer_IsReadAndFiltered()
    {
        var customer = await AddCustomerAsync(more: c => c.Mood = Mood.Happy);
        await using var shop = NewContext();
        var mood = Mood.Happy;
        Assert.Equal(Mood.Happy, await shop.Customers.Where(c => c.Id == customer.Id && c.Mood == mood).Select(c => c.Mood).SingleAsync());
        Assert.Equal("Happy", await shop.Database.SqlQuery<string>(
            $"""SELECT "Mood"::text AS "Value" FROM "Customers" WHERE "Id" = {customer.Id}""").SingleAsync(), ignoreCase: true);
    }

    [Fact]
    public async Task Scalars_Saved_AreRead()
    {
        var at = new DateTimeOffset(2024, 2, 29, 12, 30, 15, TimeSpan.Zero).AddMicroseconds(123);
        var reading = new Reading
        {
            Batch = NewName(), Value = Math.PI, At = at, Day = new(2024, 2, 29), Took = TimeSpan.FromMilliseconds(1234), Scale = new(1, 10),
            Raw = [1, 2, 255], Sensor = Guid.NewGuid(),
        };
        await using (var shop = NewContext())
        {
            shop.Add(reading);
            await shop.SaveChangesAsync();
        }

        await using var other = NewContext();
        var read = await other.Readings.SingleAsync(r => r.Batch == reading.Batch);
        Assert.Equal(
            (Math.PI, at, new DateOnly(2024, 2, 29), TimeSpan.FromMilliseconds(1234), reading.Sensor),
            (read.Value, read.At, read.Day, read.Took, read.Sensor));
        Assert.Equal(reading.Raw, read.Raw);
        // The server's own form of it has no upper bound inside.
        Assert.Equal(new NpgsqlRange<int>(1, true, 11, false), read.Scale);
    }

    [Fact]
    public async Task Range_Contains_IsTheServers()
    {
        await using var shop = NewContext();
        var batch = NewName();
        shop.AddRange(new Reading { Batch = batch, Scale = new(1, 5) }, new Reading { Batch = batch, Scale = new(6, 9) });
        await shop.SaveChangesAsync();
        Assert.Equal(1, await shop.Readings.CountAsync(r => r.Batch == batch && r.Scale.Contains(7)));
    }

    [Fact]
    public async Task ComplexProperty_Saved_IsReadAndFiltered()
    {
        await using var shop = NewContext();
        var order = shop.Add(new Order { Price = new() { Amount = 12.34m, Currency = "USD" } }).Entity;
        await shop.SaveChangesAsync();
        shop.ChangeTracker.Clear();
        Assert.Equal(12.34m, (await shop.Orders.SingleAsync(o => o.Id == order.Id && o.Price.Currency == "USD")).Price.Amount);
    }

    [Fact]
    public async Task Inheritance_InOneTable_IsToldApart()
    {
        var name = NewName();
        await using var shop = NewContext();
        shop.AddRange(new Cat { Name = name, Lives = 9 }, new Dog { Name = name, IsLoud = true });
        await shop.SaveChangesAsync();
        shop.ChangeTracker.Clear();
        Assert.Equal(9, (await shop.Animals.OfType<Cat>().SingleAsync(a => a.Name == name)).Lives);
        Assert.Equal(2, (await shop.Animals.Where(a => a.Name == name).ToListAsync()).Select(a => a.GetType()).Distinct().Count());
    }
}
