using System.Data.Common;
using ClusterClient.Data;
using ClusterClient.EntityFrameworkCore.Schema;
using ClusterClient.Routing;
using Microsoft.EntityFrameworkCore.Diagnostics;

namespace ClusterClient.EntityFrameworkCore.Querying;

/// <summary>Has contexts use connections whose node is chosen for each command, whichever view of the cluster their provider was given.</summary>
internal sealed class ConnectionRouter(SchemaFlow flow) : DbConnectionInterceptor
{
    /// <inheritdoc/>
    public override DbConnection ConnectionCreated(ConnectionCreatedEventData eventData, DbConnection result)
    {
        switch (result)
        {
            case ClusterConnection { Intent: RouteIntent.Write } writer:
                return writer.Another(RouteIntent.Auto);
            case ClusterConnection:
                return result;
            case var _ when flow.IsRunning:
                return result;
            default:
                result.Dispose();
                throw new InvalidOperationException(
                    $"{eventData.Context?.GetType().Name ?? "The context"} was set up with UseCluster, and its provider opens a {result.GetType().FullName}: give UseNpgsql the ClusterDataSource.");
        }
    }
}
