using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace ClusterClient.Hosting.Tests;

/// <summary>Containers with clusters in them, from configurations in memory.</summary>
internal static class Registrations
{
    public const string Section = "Databases:Orders";

    /// <summary>A cluster of two nodes that nobody listens at.</summary>
    public static readonly (string Key, string? Value)[] Valid =
    [
        ("ConnectionString", "Username=app;Database=app"),
        ("Nodes:0:Endpoint", "eu-1.invalid:5432"),
        ("Nodes:0:Region", "eu"),
        ("Nodes:1:Endpoint", "us-1.invalid:5432"),
        ("Nodes:1:Region", "us"),
    ];

    public static IConfigurationRoot Configured(params (string Key, string? Value)[] settings) => new ConfigurationBuilder()
        .AddInMemoryCollection(settings.Select(s => KeyValuePair.Create($"{Section}:{s.Key}", s.Value))).Build();

    public static IServiceCollection Services(IConfiguration configuration) => new ServiceCollection().AddSingleton(configuration);

    public static ServiceProvider Orders(IConfiguration configuration, Action<ClusterDataSourceBuilder>? configure = null) => Services(configuration)
        .AddClusterDataSource("orders", configuration.GetSection(Section), configure ?? (c => c.UseNpgsql())).BuildServiceProvider();
}
