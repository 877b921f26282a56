using ClusterClient.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Primitives;

namespace ClusterClient.DependencyInjection;

/// <summary>
/// A container's data source, and the watch on its section: what may change in use is followed, the rest is told of. The container disposes of
/// the data source itself.
/// </summary>
internal sealed class HostedCluster : IDisposable
{
    private readonly ClusterRegistration _registration;
    private readonly IServiceProvider _services;
    private readonly ILogger _logger;
    private readonly IDisposable? _watch;
    private readonly ClusterDataSourceOptions _atStart;
    private ClusterDataSourceOptions _followed;
    private string _unfollowed = "";

    public HostedCluster(ClusterRegistration registration, IServiceProvider services)
    {
        (_registration, _services) = (registration, services);
        _logger = (services.GetService<ILoggerFactory>() ?? NullLoggerFactory.Instance).CreateLogger("ClusterClient");
        var before = registration.Section?.GetReloadToken();
        _atStart = _followed = Read();
        DataSource = registration.Prepare(services, _atStart, []).Build();
        if (registration.Section is { } section)
        {
            _watch = ChangeToken.OnChange(section.GetReloadToken, Renew);
            if (before!.HasChanged)
            {
                Renew();
            }
        }
    }

    public ClusterDataSource DataSource { get; }

    public void Dispose() => _watch?.Dispose();

    /// <summary>As they are now, and validated. The options' monitor would keep those of the first time.</summary>
    private ClusterDataSourceOptions Read() => _services.GetRequiredService<IOptionsFactory<ClusterDataSourceOptions>>().Create(_registration.Name);

    // On the thread that noticed the change, which is nobody's who could handle an exception.
    private void Renew()
    {
        try
        {
            var options = Read();
            var followed = Changed(_followed, options).Where(k => k.IsReloadable).ToArray();
            if (followed.Length > 0)
            {
                _registration.Prepare(_services, options, []).Renew(DataSource);
                HostingLog.SettingsRenewed(_logger, _registration.Name, Names(followed));
            }

            _followed = options;
            var unfollowed = Names(Changed(_atStart, options).Where(k => !k.IsReloadable));
            if (unfollowed.Length > 0 && unfollowed != _unfollowed)
            {
                HostingLog.RestartNeeded(_logger, _registration.Name, unfollowed);
            }

            _unfollowed = unfollowed;
        }
        catch (OptionsValidationException e)
        {
            HostingLog.SettingsRejected(_logger, _registration.Name, string.Concat(e.Failures.Select(f => $"{Environment.NewLine}- {f}")));
        }
#pragma warning disable CA1031 // A provider's, or of what code says of the cluster.
        catch (Exception e)
#pragma warning restore CA1031
        {
            HostingLog.RenewalFault(_logger, _registration.Name, e);
        }
    }

    private static IEnumerable<ConfigurationKey> Changed(ClusterDataSourceOptions before, ClusterDataSourceOptions after) =>
        ConfigurationKeys.All.Where(k => !Equals(k.Value(before), k.Value(after)));

    private string Names(IEnumerable<ConfigurationKey> keys) =>
        string.Join(", ", keys.Select(k => $"{_registration.Source}:{k.Path}"));
}
