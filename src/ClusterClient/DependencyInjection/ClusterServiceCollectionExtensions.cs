using System.Data.Common;
using ClusterClient;
using ClusterClient.Configuration;
using ClusterClient.Data;
using ClusterClient.DependencyInjection;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Adds clusters to a container.</summary>
/// <remarks>
/// <para>
/// A cluster's name is the key of its <see cref="ClusterDataSource"/>, of the same as <see cref="DbDataSource"/>, and of closed connections from
/// it, <see cref="ClusterConnection"/> and <see cref="DbConnection"/>; <c>name:read</c>, <c>name:write</c> and <c>name:auto</c> are the keys of its views, as
/// <see cref="ClusterDataSourceView"/> and <see cref="DbDataSource"/>, and of connections from those.
/// </para>
/// <para>
/// The first cluster that is added is resolved without a key as well, unless something else was registered for that type before: where
/// there are several, ask for each by its key. Npgsql's Entity Framework provider looks for an <c>NpgsqlDataSource</c>, which this is not,
/// so no <c>DbContext</c> picks a cluster up by itself.
/// </para>
/// <para>
/// The data source is made when it is first asked for, and monitors its nodes from its first use. It takes the container's
/// <c>ILoggerFactory</c>, <c>IMeterFactory</c> and <see cref="TimeProvider"/>, where there are such, and is disposed with the container. Nothing
/// here needs a host; with one, settings are validated when it starts.
/// </para>
/// </remarks>
public static class ClusterServiceCollectionExtensions
{
    /// <summary>Adds a cluster that a section of the configuration describes.</summary>
    /// <param name="services">The container's services.</param>
    /// <param name="name">What the cluster is called: its key.</param>
    /// <param name="section">Its section, such as <c>Databases:Orders</c>. Settings that may change while it is in use are followed.</param>
    /// <param name="configure">Names the driver, and sets what a configuration cannot. It goes before the section, and runs again with every change of it.</param>
    /// <exception cref="InvalidOperationException">A cluster of this name was added already.</exception>
    /// <exception cref="OptionsValidationException">
    /// Thrown by the host's start, or else when the cluster is first asked for: something is wrong, and every message names a key and a remedy.
    /// </exception>
    public static IServiceCollection AddClusterDataSource(
        this IServiceCollection services, string name, IConfigurationSection section, Action<ClusterDataSourceBuilder> configure) =>
        services.AddClusterDataSource(name, section, WithoutServices(configure));

    /// <inheritdoc cref="AddClusterDataSource(IServiceCollection, string, IConfigurationSection, Action{ClusterDataSourceBuilder})"/>
    public static IServiceCollection AddClusterDataSource(
        this IServiceCollection services, string name, IConfigurationSection section, Action<IServiceProvider, ClusterDataSourceBuilder> configure)
    {
        ArgumentNullException.ThrowIfNull(section);
        services.AddCluster(new(name, section, configure));
        services.AddSingleton<IConfigureOptions<ClusterDataSourceOptions>>(new SectionReader(name, section));
        return services;
    }

    /// <summary>Adds a cluster that options describe, which code sets.</summary>
    /// <param name="services">The container's services.</param>
    /// <param name="name">What the cluster is called: its key.</param>
    /// <param name="options">Sets the options of this name.</param>
    /// <param name="configure">Names the driver, and sets what options cannot. It goes before the options.</param>
    /// <inheritdoc cref="AddClusterDataSource(IServiceCollection, string, IConfigurationSection, Action{ClusterDataSourceBuilder})" path="/exception"/>
    public static IServiceCollection AddClusterDataSource(
        this IServiceCollection services, string name, Action<ClusterDataSourceOptions> options, Action<ClusterDataSourceBuilder> configure) =>
        services.AddClusterDataSource(name, options, WithoutServices(configure));

    /// <inheritdoc cref="AddClusterDataSource(IServiceCollection, string, Action{ClusterDataSourceOptions}, Action{ClusterDataSourceBuilder})"/>
    public static IServiceCollection AddClusterDataSource(
        this IServiceCollection services, string name, Action<ClusterDataSourceOptions> options, Action<IServiceProvider, ClusterDataSourceBuilder> configure)
    {
        ArgumentNullException.ThrowIfNull(options);
        return services.AddCluster(new(name, Section: null, configure)).Configure(options).Services;
    }

    /// <summary>Adds a cluster that code alone describes.</summary>
    /// <param name="services">The container's services.</param>
    /// <param name="name">What the cluster is called: its key.</param>
    /// <param name="configure">Names the driver and the nodes, and changes settings.</param>
    /// <inheritdoc cref="AddClusterDataSource(IServiceCollection, string, IConfigurationSection, Action{ClusterDataSourceBuilder})" path="/exception"/>
    public static IServiceCollection AddClusterDataSource(this IServiceCollection services, string name, Action<ClusterDataSourceBuilder> configure) =>
        services.AddClusterDataSource(name, WithoutServices(configure));

    /// <inheritdoc cref="AddClusterDataSource(IServiceCollection, string, Action{ClusterDataSourceBuilder})"/>
    public static IServiceCollection AddClusterDataSource(
        this IServiceCollection services, string name, Action<IServiceProvider, ClusterDataSourceBuilder> configure) =>
        services.AddCluster(new(name, Section: null, configure)).Services;

    /// <summary>
    /// Has the host wait for a cluster before any of its services starts: until its primary is known and, where that is asked for, connections
    /// are open.
    /// </summary>
    /// <param name="services">The container's services.</param>
    /// <param name="name">The cluster's name.</param>
    /// <param name="configure">Changes how long, how many, and what follows when there is no primary in time: by default the host does not start.</param>
    public static IServiceCollection AddClusterWarmUp(this IServiceCollection services, string name, Action<ClusterWarmUpOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(services);
        ArgumentException.ThrowIfNullOrWhiteSpace(name);
        services.AddSingleton<IHostedService>(sp => new ClusterWarmUp(name, sp));
        services.AddOptions<ClusterWarmUpOptions>(name).Configure(configure ?? (static _ => { }))
            .Validate(static o => o.Timeout > TimeSpan.Zero && o.Timeout <= TimeSpan.FromDays(1), $"The warm-up of {name} has a Timeout that is not above zero and at most one day; change it.")
            .Validate(static o => o.Connections is >= 0 and <= 1_000, $"The warm-up of {name} has Connections that are not 0 to 1,000; change it.")
            .ValidateOnStart();
        return services;
    }

    private static Action<IServiceProvider, ClusterDataSourceBuilder> WithoutServices(Action<ClusterDataSourceBuilder> configure)
    {
        ArgumentNullException.ThrowIfNull(configure);
        return (_, builder) => configure(builder);
    }

    private static OptionsBuilder<ClusterDataSourceOptions> AddCluster(this IServiceCollection services, ClusterRegistration registration)
    {
        ArgumentNullException.ThrowIfNull(services);
        ArgumentNullException.ThrowIfNull(registration.Configure);
        var name = registration.Name;
        ArgumentException.ThrowIfNullOrWhiteSpace(name);
        if (name.Contains(':', StringComparison.Ordinal))
        {
            throw new ArgumentException($"The name '{name}' has a colon, which stands between a cluster's name and its views'; choose another.", nameof(registration));
        }

        if (services.Any(s => s.ServiceType == typeof(ClusterRegistration) && Equals(s.ServiceKey, name)))
        {
            throw new InvalidOperationException($"A cluster '{name}' was added already; add it once, or give each a name of its own.");
        }

        services.AddKeyedSingleton(name, registration);
        services.AddKeyedSingleton(name, (sp, _) => new HostedCluster(registration, sp));
        services.AddSingleton<IValidateOptions<ClusterDataSourceOptions>>(sp => new ClusterValidation(registration, sp));
        services.TryAddKeyedSingleton(name, (sp, _) => sp.GetRequiredKeyedService<HostedCluster>(name).DataSource);
        services.TryAddKeyedSingleton<DbDataSource>(name, (sp, _) => sp.GetRequiredKeyedService<ClusterDataSource>(name));
        services.TryAddKeyedTransient(name, (sp, _) => sp.GetRequiredKeyedService<ClusterDataSource>(name).CreateConnection());
        services.TryAddKeyedTransient<DbConnection>(name, (sp, _) => sp.GetRequiredKeyedService<ClusterConnection>(name));
        services.AddView($"{name}:read", name, static cluster => cluster.Reads);
        services.AddView($"{name}:write", name, static cluster => cluster.Writes);
        services.AddView($"{name}:auto", name, static cluster => cluster.Auto);
        // Further views of a data source have their line here.

        // Without a key there is one of each: the first cluster's, or what the application registered itself.
        services.TryAddSingleton(sp => sp.GetRequiredKeyedService<ClusterDataSource>(name));
        services.TryAddSingleton<DbDataSource>(sp => sp.GetRequiredKeyedService<ClusterDataSource>(name));
        services.TryAddTransient(sp => sp.GetRequiredKeyedService<ClusterDataSource>(name).CreateConnection());
        services.TryAddTransient<DbConnection>(sp => sp.GetRequiredKeyedService<ClusterDataSource>(name).CreateConnection());
        return services.AddOptions<ClusterDataSourceOptions>(name).ValidateOnStart();
    }

    private static void AddView(this IServiceCollection services, string key, string name, Func<ClusterDataSource, ClusterDataSourceView> view)
    {
        services.TryAddKeyedSingleton(key, (sp, _) => view(sp.GetRequiredKeyedService<ClusterDataSource>(name)));
        services.TryAddKeyedSingleton<DbDataSource>(key, (sp, _) => sp.GetRequiredKeyedService<ClusterDataSourceView>(key));
        services.TryAddKeyedTransient(key, (sp, _) => sp.GetRequiredKeyedService<ClusterDataSourceView>(key).CreateConnection());
        services.TryAddKeyedTransient<DbConnection>(key, (sp, _) => sp.GetRequiredKeyedService<ClusterConnection>(key));
    }
}
