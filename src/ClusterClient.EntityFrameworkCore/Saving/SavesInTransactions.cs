using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;

namespace ClusterClient.EntityFrameworkCore.Saving;

/// <summary>
/// Has <see cref="DbContext.SaveChanges()"/> begin a transaction for a single statement too. The answer to a statement without one that is lost
/// cannot be found again, and so it could not be run again; that of a commit is.
/// </summary>
internal sealed class SavesInTransactions : SaveChangesInterceptor
{
    /// <inheritdoc/>
    public override InterceptionResult<int> SavingChanges(DbContextEventData eventData, InterceptionResult<int> result)
    {
        Settle(eventData.Context);
        return result;
    }

    /// <inheritdoc/>
    public override ValueTask<InterceptionResult<int>> SavingChangesAsync(
        DbContextEventData eventData, InterceptionResult<int> result, CancellationToken cancellationToken = default)
    {
        Settle(eventData.Context);
        return new(result);
    }

    private static void Settle(DbContext? context)
    {
        // Who wants none at all has said so.
        if (context?.Database is { AutoTransactionBehavior: AutoTransactionBehavior.WhenNeeded } database)
        {
            database.AutoTransactionBehavior = AutoTransactionBehavior.Always;
        }
    }
}
