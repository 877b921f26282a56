using System.Data.Common;
using ClusterClient.Routing;

namespace ClusterClient.Npgsql.Tests.Data;

/// <summary>A test of the ADO.NET face. After each, nothing may be left open: not here, and not in the driver's pools.</summary>
[Collection(ClusterFixture.Name)]
public abstract class DataTest(ClusterFixture fixture) : IAsyncLifetime
{
    protected ClusterFixture Fixture { get; } = fixture;

    protected ClusterDataSource Cluster => Fixture.Cluster;

    protected DbDataSource Source(Face face) => face == Face.Bare ? Fixture.Bare : Fixture.Cluster;

    /// <summary>Has the same done on the driver and on the cluster, and expects the same account of it.</summary>
    protected async Task SameAsync(Func<DbDataSource, Task<IEnumerable<string>>> account)
    {
        var bare = await account(Fixture.Bare);
        Assert.Equal(bare, await account(Fixture.Cluster));
    }

    /// <summary>How a call ends: the exception's class, or what it returned.</summary>
    protected static async Task<string> EndAsync(Func<Task> call)
    {
        try
        {
            await call();
            return "ends well";
        }
        catch (Exception e)
        {
            return e.GetType().Name;
        }
    }

    /// <summary>The same for an asynchronous call that may throw before it returns a task, which is worth telling.</summary>
    protected static async Task<string> StartAndEndAsync(Func<Task> call)
    {
        Task running;
        try
        {
            running = call();
        }
        catch (Exception e)
        {
            return e.GetType().Name + " at once";
        }

        return await EndAsync(() => running);
    }

    /// <summary>Ends a session from outside, and waits until the server is rid of it.</summary>
    protected async Task KillAsync(int backend)
    {
        await using var command = Fixture.Bare.CreateCommand($"select pg_terminate_backend({backend}, 5000)");
        Assert.Equal(true, await command.ExecuteScalarAsync());
    }

    protected async Task<long> NotesAsync(long id)
    {
        await using var command = Fixture.Bare.CreateCommand($"select count(*) from note where id = {id}");
        return (long)(await command.ExecuteScalarAsync())!;
    }

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync()
    {
        // The test's last Dispose may be under way on another thread, and a killed session's pool entry is dropped by its own.
        await Until.TrueAsync(
            () => PoolMeter.Lent() == 0 && InFlight() == 0,
            () => $"{PoolMeter.Lent()} connections of the driver are still lent. {Cluster.Explain(RouteIntent.Read)}");
        GC.SuppressFinalize(this);
    }

    protected int InFlight() => Explained.InFlight(Cluster.Explain(RouteIntent.Read));
}
