using ClusterClient.Configuration;
using ClusterClient.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace ClusterClient.DependencyInjection;

/// <summary>Has a cluster ready before any of the host's services starts: its nodes are seen, its primary is known, its pools are filled.</summary>
internal sealed class ClusterWarmUp(string name, IServiceProvider services) : IHostedLifecycleService
{
    private readonly ILogger _logger = (services.GetService<ILoggerFactory>() ?? NullLoggerFactory.Instance).CreateLogger("ClusterClient");

    public async Task StartingAsync(CancellationToken cancellationToken)
    {
        var options = services.GetRequiredService<IOptionsMonitor<ClusterWarmUpOptions>>().Get(name);
        var cluster = services.GetRequiredKeyedService<ClusterDataSource>(name);
        var began = cluster.Opener.Time.GetTimestamp();
        using var timeout = new CancellationTokenSource(options.Timeout, cluster.Opener.Time);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, cancellationToken);
        try
        {
            var primary = await FindPrimaryAsync(cluster, options.Timeout, stop.Token, cancellationToken).ConfigureAwait(false);
            var opened = await FillAsync(cluster, options.Connections, stop.Token).ConfigureAwait(false);
            cancellationToken.ThrowIfCancellationRequested();
            HostingLog.WarmedUp(_logger, name, primary, cluster.Opener.Time.GetElapsedTime(began).TotalMilliseconds, opened);
        }
        catch (Exception e) when (!options.FailStartup && !cancellationToken.IsCancellationRequested)
        {
            HostingLog.NotWarmedUp(_logger, name, e);
        }
    }

    private static async Task<string> FindPrimaryAsync(
        ClusterDataSource cluster, TimeSpan limit, CancellationToken stop, CancellationToken cancellationToken)
    {
        for (var topology = cluster.Topology; ;)
        {
            if (topology.Primary is { } primary)
            {
                return primary.Endpoint.Name;
            }

            if (topology.LoginRefusal is { } refusal)
            {
                throw new InvalidOperationException($"Every node of {cluster.Name} refuses the login: {refusal.Message}", refusal);
            }

            try
            {
                topology = await topology.Next.WaitAsync(stop).ConfigureAwait(false);
            }
            catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
            {
                throw new TimeoutException(
                    $"{cluster.Name} had no primary within {limit.TotalSeconds:0.###} s of the start. Give AddClusterWarmUp a longer Timeout, or set "
                    + $"its FailStartup to false to start without one.{Environment.NewLine}{cluster.Explain(RouteIntent.Write)}");
            }
        }
    }

    private async Task<int> FillAsync(ClusterDataSource cluster, int count, CancellationToken stop)
    {
        // Held until all are open: one that was given back would be opened again.
        var opening = Enumerable.Repeat(cluster.Writes, count).Concat(Enumerable.Repeat(cluster.Reads, count))
            .Select(view => view.OpenConnectionAsync(stop).AsTask()).ToArray();
        await ((Task)Task.WhenAll(opening)).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        var opened = 0;
        Exception? failure = null;
        foreach (var one in opening)
        {
            if (one.IsCompletedSuccessfully)
            {
                var connection = await one.ConfigureAwait(false);
                await connection.DisposeAsync().ConfigureAwait(false);
                opened++;
            }
            else
            {
                failure ??= one.Exception?.InnerException ?? new OperationCanceledException("The warm-up's time ran out.");
            }
        }

        if (failure is not null)
        {
            HostingLog.ConnectionsMissing(_logger, name, opening.Length - opened, failure);
        }

        return opened;
    }

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
