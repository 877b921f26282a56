using ClusterClient.Data;

namespace ClusterClient.OpenTelemetry;

/// <summary>Views of a cluster for whoever the present call is for.</summary>
public static class ClusterBaggageExtensions
{
    /// <summary>
    /// The same for the caller whom the baggage names when a connection is opened: its region, its priority and its key go before this view's own.
    /// Made once; see <see cref="ClusterBaggage"/>.
    /// </summary>
    /// <param name="view">Whatever else is to hold.</param>
    public static ClusterDataSourceView FromBaggage(this ClusterDataSourceView view)
    {
        ArgumentNullException.ThrowIfNull(view);
        return view.ForEachCaller(ClusterBaggage.Read);
    }

    /// <summary>The same for writes.</summary>
    /// <param name="source">The cluster.</param>
    public static ClusterDataSourceView FromBaggage(this ClusterDataSource source)
    {
        ArgumentNullException.ThrowIfNull(source);
        return source.Writes.FromBaggage();
    }
}
