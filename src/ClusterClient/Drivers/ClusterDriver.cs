using System.Data.Common;
using ClusterClient.Resilience;
using ClusterClient.Topology;

namespace ClusterClient.Drivers;

/// <summary>
/// What an adapter teaches the library about one database driver. One instance serves one data source and all its nodes.
/// </summary>
/// <remarks>Implementations are thread-safe.</remarks>
public abstract class ClusterDriver
{
    /// <summary>The port of a node for which none is configured.</summary>
    public abstract int DefaultPort { get; }

    /// <summary>Makes commands, batches and parameters that no connection has bound yet.</summary>
    public abstract DbProviderFactory ProviderFactory { get; }

    /// <summary>Everything that is wrong with the adapter's own settings, as sentences that name the remedy. Called once, before anything else.</summary>
    public virtual IEnumerable<string> Validate() => [];

    /// <summary>Prepares one node. No IO.</summary>
    public abstract NodeDriver CreateNode(NodeEndpoint endpoint);

    /// <summary>
    /// A connection string as the driver would show it for all these nodes, parseable by the driver and without the password.
    /// It never changes and is only looked at.
    /// </summary>
    public abstract string DescribeConnection(IEnumerable<NodeEndpoint> endpoints);

    /// <summary>The database's name.</summary>
    public abstract string Database { get; }

    /// <summary>The database's kind, as OpenTelemetry calls it in <c>db.system.name</c>; <c>other_sql</c> by default.</summary>
    public virtual string SystemName => "other_sql";

    /// <summary>What the driver tells of its work by itself, so that it is not told twice; nothing by default.</summary>
    public virtual DriverTelemetry Telemetry => DriverTelemetry.None;

    internal bool TellsOfConnecting => (Telemetry & DriverTelemetry.ConnectSpans) != 0;

    /// <summary>The driver's own limit for establishing one connection.</summary>
    public abstract TimeSpan ConnectionTimeout { get; }

    /// <summary>
    /// The exception for a command, or a transaction, that was ended because its timeout ran out, such as the driver itself would have thrown;
    /// <see cref="Classify"/> makes it a <see cref="FaultKind.Timeout"/>.
    /// </summary>
    /// <param name="limit">The timeout.</param>
    /// <param name="cause">What the driver threw when it was ended under it.</param>
    public virtual Exception TimedOut(TimeSpan limit, Exception cause) =>
        new TimeoutException($"The timeout of {limit.TotalSeconds:0.###} s ran out.", cause);

    /// <summary>
    /// The statement, for the beginning of a transaction, by which the server itself ends every further statement of that transaction that takes
    /// longer than this; null when the database has no such limit.
    /// </summary>
    public virtual string? LimitStatements(TimeSpan limit) => null;

    /// <summary>The statement by which a transaction, at its beginning, forbids itself to write; null when the database has none.</summary>
    public virtual string? ReadOnly => null;

    /// <summary>
    /// The statement by which a session is given a name, which the server's log may show; null when the database has none, or when the driver
    /// would not take it back before the connection serves somebody else.
    /// </summary>
    /// <param name="name">ASCII letters, digits, and punctuation other than quotes and backslashes.</param>
    public virtual string? NameSession(string name) => null;

    /// <summary>How the database is asked what became of a transaction; null when it cannot be.</summary>
    public virtual CommitDialect? Commits => null;

    /// <summary>Says what an exception of the driver's means. Must not throw.</summary>
    public abstract Fault Classify(Exception exception);
}
