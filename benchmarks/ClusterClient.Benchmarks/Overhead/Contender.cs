using System.Data.Common;

namespace ClusterClient.Benchmarks.Overhead;

/// <summary>One of those that are held against each other: an operation on a data source that it has made for itself.</summary>
internal abstract class Contender(Func<Task<Entrant>> create) : IAsyncDisposable
{
    private Entrant? _entrant;

    protected DbDataSource Source => _entrant!.Source;

    /// <summary>
    /// Begins anew with a data source and connections of its own: two server processes are never quite equally fast, and over
    /// many renewals that evens out.
    /// </summary>
    public virtual async Task RenewAsync()
    {
        await DisposeAsync();
        _entrant = await create();
    }

    public abstract Task RunAsync(int operations);

    public virtual async ValueTask DisposeAsync()
    {
        if (_entrant is not null)
        {
            await _entrant.Owner.DisposeAsync();
        }
    }
}
