using ClusterClient.History.Recording;

namespace ClusterClient.History.Workload;

/// <summary>
/// Breaks a law: repeats an operation after any exception, also when it may have been applied. What was applied and not acknowledged is
/// applied twice.
/// </summary>
internal sealed class BlindRetries(Performer inner) : Performer
{
    private const int MaxAttempts = 5;

    public override async Task<Operation> PerformAsync(Operation operation, CancellationToken ct)
    {
        for (var attempt = 1; ; attempt++)
        {
            var told = await inner.PerformAsync(operation, ct) with { Attempts = attempt };
            if (told.Outcome == Outcome.Committed)
            {
                return told;
            }

            if (attempt == MaxAttempts)
            {
                return told with { Outcome = Outcome.Unknown };
            }
        }
    }
}
