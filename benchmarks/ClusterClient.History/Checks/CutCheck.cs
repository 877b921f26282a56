using ClusterClient.History.Recording;

namespace ClusterClient.History.Checks;

/// <summary>
/// Connections that were to be cut at a COMMIT and never were: one alone may find the clients busy with something else, but where none
/// of several is cut, commits are sent otherwise than the faults expect, and the run proves nothing of those whose answer is lost.
/// </summary>
internal static class CutCheck
{
    /// <summary>How many faults have to be in vain.</summary>
    internal const int Several = 3;

    public static IEnumerable<Violation> Run(IReadOnlyList<FaultRecord> faults)
    {
        var cuts = faults.Where(f => f.Cuts is not null).ToArray();
        if (cuts.Length >= Several && cuts.All(f => f.Cuts == 0))
        {
            yield return new(ViolationKind.NothingCut, $"connections that are cut at COMMIT, as in {cuts.Length} faults they were to be", "none");
        }
    }
}
