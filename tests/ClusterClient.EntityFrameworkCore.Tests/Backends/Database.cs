using Microsoft.EntityFrameworkCore;

namespace ClusterClient.EntityFrameworkCore.Tests.Backends;

/// <summary>A class's database, with the shop's schema, and the way to it.</summary>
public sealed class Database<TBackend>(Servers servers) : IAsyncLifetime
    where TBackend : Backend
{
    public TBackend Backend { get; private set; } = null!;

    public async Task InitializeAsync()
    {
        var name = $"suite_{typeof(TBackend).Name.ToLowerInvariant()}";
        await servers.Primary.ExecuteAsync($"create database {name} owner app");
        await using (var plain = new PlainBackend(servers, name))
        {
            // By Npgsql for all of them: what makes a schema has tests of its own.
            await using var shop = NewContext(plain);
            await shop.Database.EnsureCreatedAsync();
        }

        await servers.Group.WaitForReplicationAsync();
        Backend = (TBackend)Activator.CreateInstance(typeof(TBackend), servers, name)!;
    }

    public async Task DisposeAsync() => await Backend.DisposeAsync();

    public static ShopContext NewContext(Backend backend, Action<DbContextOptionsBuilder>? more = null)
    {
        var options = new DbContextOptionsBuilder<ShopContext>();
        backend.Use(options);
        more?.Invoke(options);
        return new(options.Options);
    }
}
