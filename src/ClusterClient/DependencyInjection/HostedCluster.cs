using ClusterClient.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace ClusterClient.DependencyInjection;

/// <summary>A container's data source. The container disposes of the data source itself.</summary>
internal sealed class HostedCluster
{
    public HostedCluster(ClusterRegistration registration, IServiceProvider services)
    {
        var options = services.GetRequiredService<IOptionsFactory<ClusterDataSourceOptions>>().Create(registration.Name);
        DataSource = registration.Prepare(services, options, []).Build();
    }

    public ClusterDataSource DataSource { get; }
}
