using System.Data.Common;

namespace ClusterClient.Routing;

/// <summary>
/// No node could be given to a caller before its deadline. The message tells the whole decision: what was wanted, every node with
/// what spoke against it, and how old the view was.
/// </summary>
public sealed class ClusterUnavailableException : DbException
{
    internal ClusterUnavailableException(string summary, string explanation, RouteIntent intent, bool isRegionDenied, Exception? inner)
        : base($"{summary}{Environment.NewLine}{explanation}", inner)
    {
        Intent = intent;
        Explanation = explanation;
        IsRegionDenied = isRegionDenied;
    }

    /// <summary>What the caller wanted.</summary>
    public RouteIntent Intent { get; }

    /// <summary>Every node with the reason against it, one a line.</summary>
    public string Explanation { get; }

    /// <summary>Whether a node would have served, had the region rule not forbidden it.</summary>
    public bool IsRegionDenied { get; }

    /// <summary>Always true: nothing was sent, and the cluster may recover.</summary>
    public override bool IsTransient => true;
}
