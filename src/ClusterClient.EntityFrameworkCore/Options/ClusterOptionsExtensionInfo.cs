using System.Globalization;
using Microsoft.EntityFrameworkCore.Infrastructure;

namespace ClusterClient.EntityFrameworkCore.Options;

/// <summary>Which contexts share their services: those with the same options.</summary>
internal sealed class ClusterOptionsExtensionInfo(ClusterOptionsExtension extension) : DbContextOptionsExtensionInfo(extension)
{
    public new ClusterOptionsExtension Extension => (ClusterOptionsExtension)base.Extension;

    /// <inheritdoc/>
    public override bool IsDatabaseProvider => false;

    /// <inheritdoc/>
    public override string LogFragment =>
        $"using a cluster{(Extension.RoutesNoTracking ? ", no-tracking queries on replicas" : "")}{(Extension.Retries ? "" : ", without retries")} ";

    /// <inheritdoc/>
    public override int GetServiceProviderHashCode() => HashCode.Combine(Extension.RoutesNoTracking, Extension.SavesInTransactions);

    /// <inheritdoc/>
    public override bool ShouldUseSameServiceProvider(DbContextOptionsExtensionInfo other) =>
        other is ClusterOptionsExtensionInfo { Extension: var options }
        && options.RoutesNoTracking == Extension.RoutesNoTracking && options.SavesInTransactions == Extension.SavesInTransactions;

    /// <inheritdoc/>
    public override void PopulateDebugInfo(IDictionary<string, string> debugInfo)
    {
        debugInfo["Cluster:NoTracking"] = Extension.RoutesNoTracking.ToString(CultureInfo.InvariantCulture);
        debugInfo["Cluster:SavesInTransactions"] = Extension.SavesInTransactions.ToString(CultureInfo.InvariantCulture);
    }
}
