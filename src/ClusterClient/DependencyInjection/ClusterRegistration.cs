using System.Diagnostics.Metrics;
using ClusterClient.Configuration;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace ClusterClient.DependencyInjection;

/// <summary>One cluster as it was added to a container. Immutable.</summary>
/// <param name="Name">Its name, which is its key and that of its options.</param>
/// <param name="Section">Where it is configured; null when it is not.</param>
/// <param name="Configure">What code says of it; goes before what the section says.</param>
internal sealed record ClusterRegistration(
    string Name, IConfigurationSection? Section, Action<IServiceProvider, ClusterDataSourceBuilder> Configure)
{
    /// <summary>What errors and messages call the place that its settings come from.</summary>
    public string Source => Section?.Path ?? Name;

    /// <summary>A builder with all that is known of the cluster; what speaks against the options is noted.</summary>
    public ClusterDataSourceBuilder Prepare(IServiceProvider services, ClusterDataSourceOptions options, List<SettingError> errors)
    {
        var builder = new ClusterDataSourceBuilder(Name);
        builder.SetConnectionString(ConnectionString(services, options, errors));
        if (services.GetService<ILoggerFactory>() is { } loggerFactory)
        {
            builder.UseLoggerFactory(loggerFactory);
        }

        if (services.GetService<IMeterFactory>() is { } meterFactory)
        {
            builder.UseMeterFactory(meterFactory);
        }

        if (services.GetService<TimeProvider>() is { } time)
        {
            builder.UseTimeProvider(time);
        }

        options.ApplyTo(builder, errors);
        Configure(services, builder);
        return builder;
    }

    private string? ConnectionString(IServiceProvider services, ClusterDataSourceOptions options, List<SettingError> errors)
    {
        var shared = services.GetService<IConfiguration>()?.GetConnectionString(Name);
        if (options.ConnectionString is not null && shared is not null)
        {
            errors.Add(SettingError.Of("ConnectionString", $"is set, and so is ConnectionStrings:{Name}; leave one of them out."));
        }

        return options.ConnectionString ?? shared;
    }
}
