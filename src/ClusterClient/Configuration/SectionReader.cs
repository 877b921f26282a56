using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Options;

namespace ClusterClient.Configuration;

/// <summary>Reads one cluster's options from its section: all that can be read, and what cannot as errors for the validation to tell.</summary>
internal sealed class SectionReader(string cluster, IConfigurationSection section) : IConfigureNamedOptions<ClusterDataSourceOptions>
{
    public void Configure(string? name, ClusterDataSourceOptions options)
    {
        if (name != cluster)
        {
            return;
        }

        var report = SectionCheck.Of(section);
        var readable = new ConfigurationBuilder().AddInMemoryCollection(report.Readable).Build();
        readable.Bind(options);
        options.Report = report with { NodeKeys = [.. readable.GetSection("Nodes").GetChildren().Select(n => n.Path)] };
    }

    public void Configure(ClusterDataSourceOptions options) => Configure(Options.DefaultName, options);
}
