using ClusterClient.Diagnostics;
using ClusterClient.Routing;
using Microsoft.Extensions.Logging;

namespace ClusterClient.Data;

/// <summary>Tells the log and the application's handler of every call that a region rule refused.</summary>
internal sealed class RegionAudit(string cluster, Action<RegionRefusal>? handler, ILogger logger)
{
    public void Tell(RegionRefusal refusal)
    {
        Log.RegionRefused(
            logger,
            cluster,
            refusal.Intent == RouteIntent.Write ? "write" : "read",
            string.Join(", ", refusal.Denied.Select(n => $"{n.Endpoint.Name} in {n.Endpoint.Region}")));
        try
        {
            handler?.Invoke(refusal);
        }
#pragma warning disable CA1031 // An audit that fails must not change what the caller is told.
        catch (Exception e)
#pragma warning restore CA1031
        {
            Log.RefusalHandlerFault(logger, cluster, e);
        }
    }
}
