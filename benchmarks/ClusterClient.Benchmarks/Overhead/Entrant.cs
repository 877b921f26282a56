using System.Data.Common;

namespace ClusterClient.Benchmarks.Overhead;

/// <summary>A data source, and what is disposed with it: a view owns nothing itself.</summary>
internal sealed record Entrant(DbDataSource Source, IAsyncDisposable Owner)
{
    public Entrant(DbDataSource source)
        : this(source, source)
    {
    }
}
