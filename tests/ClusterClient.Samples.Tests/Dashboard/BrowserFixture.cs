namespace ClusterClient.Samples.Tests.Dashboard;

/// <summary>One browser for all tests that need one; they run one after the other.</summary>
[CollectionDefinition(Name)]
public sealed class BrowserFixture : IAsyncLifetime, ICollectionFixture<BrowserFixture>
{
    public const string Name = "browser";

    internal Browser Browser { get; private set; } = null!;

    public async Task InitializeAsync() => Browser = await Browser.StartAsync();

    public async Task DisposeAsync() => await Browser.DisposeAsync();
}
