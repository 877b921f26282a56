using System.Globalization;
using ClusterClient.Resilience;
using ClusterClient.Routing;

namespace ClusterClient.Data;

/// <summary>
/// What the library knows of an exception that a call ended in. The exception itself is the driver's, or one of this library's, as it was
/// thrown; this comes with it in <see cref="Exception.Data"/>, under <see cref="Key"/>. Immutable and thread-safe.
/// </summary>
public sealed record CallFault
{
    /// <summary>The key in <see cref="Exception.Data"/>.</summary>
    public const string Key = "ClusterClient.Fault";

    internal CallFault()
    {
    }

    /// <summary>The cluster's name.</summary>
    public required string Cluster { get; init; }

    /// <summary>The node where the last attempt was made; null when there was none to try.</summary>
    public required string? Node { get; init; }

    /// <summary>What the caller wanted.</summary>
    public required RouteIntent Intent { get; init; }

    /// <summary>How many attempts were made; 0 when there was no node to try.</summary>
    public required int Attempts { get; init; }

    /// <summary>
    /// What the exception means. Where the call was sent several times, <see cref="Fault.NotApplied"/> speaks of all of them.
    /// </summary>
    public required Fault Fault { get; init; }

    /// <summary>Why the call was not sent again, in words for operators; null when it succeeded or nothing spoke for it.</summary>
    public string? NotRetried { get; init; }

    /// <summary>
    /// Whether what was asked may have been done in spite of the exception: it was not a read, and nothing proves the contrary.
    /// </summary>
    public bool MayHaveBeenApplied => Intent != RouteIntent.Read && !Fault.NotApplied;

    /// <summary>What is known of this exception, or of the nearest of its inner ones that something is known of; null when nothing is.</summary>
    public static CallFault? Of(Exception exception)
    {
        ArgumentNullException.ThrowIfNull(exception);
        for (var at = exception; at is not null; at = at.InnerException)
        {
            if (at.Data[Key] is CallFault fault)
            {
                return fault;
            }
        }

        return null;
    }

    /// <summary>The connection that it was met on; null for a whole transaction, or where there was none.</summary>
    internal ClusterConnection? Connection { get; init; }

    internal void AttachTo(Exception exception) => exception.Data[Key] = this;

    /// <inheritdoc/>
    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture,
        $"{Cluster}: {Fault.Kind} of a {(Intent == RouteIntent.Read ? "read" : "write")} at {Node ?? "no node"}, attempt {Attempts}"
            + $"{(MayHaveBeenApplied ? "; it may have been applied" : "")}{(NotRetried is null ? "" : $"; not retried: {NotRetried}")}");
}
