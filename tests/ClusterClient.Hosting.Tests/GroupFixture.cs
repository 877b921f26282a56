using ClusterClient.Testing;
using Microsoft.Extensions.Configuration;

namespace ClusterClient.Hosting.Tests;

/// <summary>A primary and two replicas, for the tests that leave their roles alone.</summary>
public sealed class GroupFixture : IAsyncLifetime
{
    public LocalPostgres Group { get; private set; } = null!;

    public async Task InitializeAsync() => Group = await StartAsync(3);

    public async Task DisposeAsync() => await Group.DisposeAsync();

    public static Task<LocalPostgres> StartAsync(int nodes) =>
        LocalPostgres.StartAsync(g => g.Region("eu", nodes).Sql("create table item (id int primary key)"));

    /// <summary>The cluster's settings, each node in a region of its own: r0, r1, …</summary>
    internal static (string Key, string? Value)[] Settings(LocalPostgres group) =>
    [
        ("ConnectionString", group.ConnectionString),
        .. group.Nodes.SelectMany((n, i) => new (string, string?)[]
        {
            ($"Nodes:{i}:Endpoint", n.Endpoint), ($"Nodes:{i}:Region", $"r{i}"), ($"Nodes:{i}:Name", n.Name),
        }),
    ];

    internal static IConfigurationRoot Configured(LocalPostgres group, params (string Key, string? Value)[] more) =>
        Registrations.Configured([.. Settings(group), .. more]);
}
