using System.Data.Common;
using ClusterClient.Data;
using ClusterClient.History.Recording;

namespace ClusterClient.History.Workload;

/// <summary>What an exception tells a client about its operation.</summary>
internal static class Judgement
{
    /// <summary>Of an exception that came before anything could have been made durable.</summary>
    public static Operation BeforeCommit(Operation operation, Exception exception) =>
        Told(operation, exception) with { Outcome = Outcome.NotCommitted };

    /// <summary>Of an exception that came when it may have been: it was not where the library says so.</summary>
    public static Operation Of(Operation operation, Exception exception) => Told(operation, exception) with
    {
        Outcome = exception is not CommitOutcomeUnknownException && CallFault.Of(exception) is { MayHaveBeenApplied: false } ? Outcome.NotCommitted : Outcome.Unknown,
    };

    private static Operation Told(Operation operation, Exception exception)
    {
        var fault = CallFault.Of(exception);
        return operation with
        {
            // Of what is no error of the database one wants to know where it comes from.
            Exception = exception is DbException ? $"{exception.GetType().Name}: {exception.Message}" : exception.ToString(),
            Fault = fault?.ToString(),
            Attempts = Math.Max(operation.Attempts, fault?.Attempts ?? 0),
            Node = fault?.Node ?? operation.Node,
        };
    }
}
