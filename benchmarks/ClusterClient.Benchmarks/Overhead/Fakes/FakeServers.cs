namespace ClusterClient.Benchmarks.Overhead.Fakes;

/// <summary>Data sources over a driver without a server: raw, and through the cluster.</summary>
internal sealed class FakeServers(bool yields)
{
    public Task<Entrant> Raw() => Task.FromResult(new Entrant(new FakeDataSource(yields)));

    public async Task<Entrant> Cluster()
    {
        var source = new ClusterDataSourceBuilder("fake")
            .UseDriver(() => new FakeDriver(yields))
            .AddNode("one:1", "eu")
            .AddNode("two:1", "eu")
            .LocatedIn("eu")
            .Configure(o => o.MonitorInterval = TimeSpan.FromMinutes(1))
            .Build();
        await source.WaitUntilReadyAsync();
        return new(source);
    }
}
