using ClusterClient.Testing;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Worker;

/// <summary>Kills the primary twice, and promotes the standby a second later, as an operator or Patroni would.</summary>
internal sealed partial class Trouble(LocalPostgres servers, ILogger<Trouble> logger) : BackgroundService
{
    private const int Failovers = 2;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        for (var i = 0; i < Failovers; i++)
        {
            await Task.Delay(TimeSpan.FromSeconds(3), stoppingToken);
            var (lost, next) = (servers.Primary, servers.Nodes.Single(node => node != servers.Primary));
            await lost.KillAsync();
            LogKilled(lost.Name);
            await Task.Delay(TimeSpan.FromSeconds(1), stoppingToken);
            await next.PromoteAsync(stoppingToken);
            LogPromoted(next.Name);
            await lost.RejoinAsync(next);
            await next.ConfigureAsync("synchronous_standby_names", "*");
        }
    }

    [LoggerMessage(EventId = 1, Level = LogLevel.Information, Message = "{Node} is killed.")]
    private partial void LogKilled(string node);

    [LoggerMessage(EventId = 2, Level = LogLevel.Information, Message = "{Node} is promoted.")]
    private partial void LogPromoted(string node);
}
