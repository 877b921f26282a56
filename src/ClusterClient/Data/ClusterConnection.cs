using System.Data;
using System.Data.Common;
using System.Diagnostics.CodeAnalysis;
using System.Transactions;
using ClusterClient.Resilience;
using ClusterClient.Routing;
using ClusterClient.Topology;
using IsolationLevel = System.Data.IsolationLevel;

namespace ClusterClient.Data;

/// <summary>
/// A connection to whichever node suits the intent of the data source that it came from. The node is chosen at
/// <see cref="Open"/> and kept until <see cref="Close"/>; readers, parameters and exceptions are the driver's own.
/// </summary>
/// <remarks>
/// Like every ADO.NET connection, for one caller at a time. Not sealed only so that a driver's adapter can give it another class
/// name, which some tools look at; nothing is meant to be overridden.
/// </remarks>
public partial class ClusterConnection : DbConnection
{
    private const int ManyUses = int.MaxValue / 2;

    // As many, and it was opened inside an ambient transaction.
    private const int AmbientUses = int.MaxValue / 4 * 3;

    private readonly ConnectionOrigin _origin;
    private ClusterNode? _node;
    private DbConnection? _native;
    private object? _standIn;
    private ClusterTransaction? _transaction;
    private StateChangeEventHandler? _nativeChanged;
    private RouteIntent _openIntent;
    private bool _isFollowing;
    private bool _isWatched;
    private bool _isOpening;
    private bool _isReopening;
    private bool _isDisposed;

    // 0 without a reservation; otherwise 1, and the number of the trial that the first command is.
    private int _reserved;

    // Commands since it was opened; more than one as soon as its session may have state that a new one would not have.
    private int _uses;

    // How often the application closed it, and that at the beginning of its last call; bytes, so that they cost the object nothing.
    private byte _closes;
    private byte _closesBefore;

    /// <summary>For adapters: a closed connection that comes from <paramref name="origin"/>.</summary>
    protected internal ClusterConnection(ConnectionOrigin origin)
    {
        ArgumentNullException.ThrowIfNull(origin);
        _origin = origin.Intent == RouteIntent.Auto ? origin.For(this) : origin;
        // Component's finalizer does nothing here, and being on its queue costs more than opening from the pool.
        GC.SuppressFinalize(this);
    }

    internal ClusterConnection? NextOpen { get; set; }

    internal ClusterConnection? PreviousOpen { get; set; }

    /// <summary>
    /// Gives up the call that runs now; null when there is none, and always where the driver's connection can be ended instead.
    /// </summary>
    internal Func<Exception, bool>? AbandonCall { get; set; }

    /// <summary>What is left for the call that runs now, where a limit other than its own timeout bounds it; otherwise zero.</summary>
    internal TimeSpan CallLimit { get; set; }

    internal DbConnection? NativeOrNull => Volatile.Read(ref _native);

    /// <summary>The node that the connection is open to, or was last.</summary>
    internal ClusterNode? Node => _node;

    internal ConnectionOpener Opener => _origin.Opener;

    /// <summary>Of a connection that is of <see cref="RouteIntent.Auto"/>, or that such a one is made of; null for every other.</summary>
    internal RoleConnections? Roles => _origin.Roles;

    /// <summary>The connection that the application has.</summary>
    internal ClusterConnection Face => _origin.Roles is { } roles ? roles.Owner : this;

    // Where this is the application's.
    private RoleConnections? Auto => _origin.Intent == RouteIntent.Auto ? _origin.Roles : null;

    // Where its nodes are chosen.
    private RouteScope Scope => _origin.Roles is { } roles ? roles.Scope : _origin.Scope;

    /// <summary>What its node was chosen for when it was opened.</summary>
    internal RouteIntent OpenIntent => _openIntent;

    /// <summary>
    /// The base connection string with all nodes and without the password. It never changes, and setting it is refused: nodes are
    /// configured on the <see cref="ClusterDataSourceBuilder"/>.
    /// </summary>
    /// <exception cref="NotSupportedException">It is set to anything else than what it is.</exception>
    [AllowNull]
    public override string ConnectionString
    {
        get => _origin.ConnectionString;
        set
        {
            if (value != _origin.ConnectionString)
            {
                throw new NotSupportedException(
                    "A ClusterConnection's nodes come from its ClusterDataSource; configure them on ClusterDataSourceBuilder.");
            }
        }
    }

    /// <summary>The database's name.</summary>
    public override string Database => _native?.Database ?? Auto?.Database ?? Opener.Driver.Database;

    /// <summary>The cluster's name: the same whichever node this connection is on. <see cref="NodeName"/> tells the node.</summary>
    public override string DataSource => Opener.Cluster;

    /// <summary>
    /// The node that the connection is open to, or null while it is closed. On one of <see cref="RouteIntent.Auto"/> that of the last command.
    /// </summary>
    public string? NodeName => _native is null ? Auto?.NodeName : _node?.Endpoint.Name;

    /// <summary>What the node is chosen for.</summary>
    public RouteIntent Intent => _origin.Intent;

    /// <summary>The driver's limit for establishing one physical connection, in seconds.</summary>
    public override int ConnectionTimeout => (int)Opener.Driver.ConnectionTimeout.TotalSeconds;

    /// <summary>The server's version, as the driver tells it.</summary>
    /// <exception cref="InvalidOperationException">The connection is not open.</exception>
    public override string ServerVersion => UsableNative().ServerVersion;

    /// <inheritdoc/>
    public override ConnectionState State => _isOpening ? ConnectionState.Connecting : _native?.State ?? Auto?.State ?? ConnectionState.Closed;

    /// <inheritdoc/>
    public override bool CanCreateBatch => Opener.Driver.ProviderFactory.CanCreateBatch;

    /// <inheritdoc/>
    protected override DbProviderFactory DbProviderFactory => _origin.Factory;

    /// <summary>The driver's own connection, for what ADO.NET has no words for: COPY, notifications, large objects.</summary>
    /// <typeparam name="T">The driver's connection class, such as <c>NpgsqlConnection</c>.</typeparam>
    /// <returns>
    /// The native connection; it stays this connection's and is closed with it. On one of <see cref="RouteIntent.Auto"/> it is that to the primary, and
    /// whatever runs on this connection runs there from now on, until it is closed.
    /// </returns>
    /// <exception cref="InvalidOperationException">The connection is not open.</exception>
    /// <exception cref="InvalidCastException">The driver's connection is not a <typeparamref name="T"/>.</exception>
    public T Unwrap<T>()
        where T : DbConnection
    {
        if (Auto is { } roles)
        {
            return roles.Pin().Unwrap<T>();
        }

        var native = Pinned() as T ?? throw new InvalidCastException(
            $"The driver's connection is a {_native!.GetType().FullName}, not a {typeof(T).FullName}.");
        IsUnwrapped = true;
        return native;
    }

    /// <summary>Joins the transaction with the connection's node; see the driver's documentation for what it supports.</summary>
    public override void EnlistTransaction(Transaction? transaction)
    {
        if (Auto is { } roles)
        {
            roles.Enlist(transaction);
            return;
        }

        Pinned().EnlistTransaction(transaction);
        if (transaction is not null)
        {
            CountWhenCommitted(transaction);
        }
    }

    /// <inheritdoc/>
    public override DataTable GetSchema() => SchemaSource.GetSchema();

    /// <inheritdoc/>
    public override DataTable GetSchema(string collectionName) => SchemaSource.GetSchema(collectionName);

    /// <inheritdoc/>
    public override DataTable GetSchema(string collectionName, string?[] restrictionValues) =>
        SchemaSource.GetSchema(collectionName, restrictionValues);

    /// <inheritdoc/>
    public override Task<DataTable> GetSchemaAsync(CancellationToken cancellationToken = default) =>
        GetSchemaAsync(DbMetaDataCollectionNames.MetaDataCollections, cancellationToken);

    /// <inheritdoc/>
    public override async Task<DataTable> GetSchemaAsync(string collectionName, CancellationToken cancellationToken = default) =>
        await (await SchemaSourceAsync(cancellationToken).ConfigureAwait(false)).GetSchemaAsync(collectionName, cancellationToken).ConfigureAwait(false);

    /// <inheritdoc/>
    public override async Task<DataTable> GetSchemaAsync(
        string collectionName, string?[] restrictionValues, CancellationToken cancellationToken = default) =>
        await (await SchemaSourceAsync(cancellationToken).ConfigureAwait(false))
            .GetSchemaAsync(collectionName, restrictionValues, cancellationToken).ConfigureAwait(false);

    /// <summary>A command on this connection.</summary>
    /// <exception cref="ObjectDisposedException">The connection was disposed.</exception>
    public new ClusterCommand CreateCommand()
    {
        ObjectDisposedException.ThrowIf(_isDisposed, this);
        return new(this);
    }

    /// <inheritdoc/>
    protected override DbCommand CreateDbCommand() => CreateCommand();

    /// <summary>A batch on this connection.</summary>
    /// <exception cref="ObjectDisposedException">The connection was disposed.</exception>
    public new ClusterBatch CreateBatch()
    {
        ObjectDisposedException.ThrowIf(_isDisposed, this);
        return new(this);
    }

    /// <inheritdoc/>
    protected override DbBatch CreateDbBatch() => CreateBatch();

    /// <summary>
    /// The driver's connection, for one more call to the node: read from the newest snapshot, so that nothing reaches a node that
    /// lost its place since this connection was opened.
    /// </summary>
    internal DbConnection UsableNative()
    {
        if (_native is not { } native)
        {
            return Auto?.Writer().UsableNative() ?? throw NotOpen();
        }

        var node = Opener.Topology.Nodes[_node!.Index];
        return Router.IsOutOfBounds(_openIntent, node.Status) ? throw Fenced(node) : native;
    }

    private NodeFencedException Fenced(NodeDescription node)
    {
        var fenced = new NodeFencedException(node);
        Tell(fenced, _node!, Opener.Classify(fenced), attempts: 1, notRetried: null);
        return fenced;
    }

    // The same for what gives the session a state of its own: from now on it stays with this connection.
    private DbConnection Pinned()
    {
        _uses = Math.Max(_uses, ManyUses);
        return UsableNative();
    }

    /// <summary>Whether the application has something of the driver's own, since this was opened, by which it may write unseen.</summary>
    internal bool IsUnwrapped { get; set; }

    // Part of the schema is the driver's own knowledge, for which no connection need be open; the driver refuses the rest.
    private DbConnection SchemaSource => _native is null && Auto is not { IsOpen: true }
        ? Opener.Driver.ProviderFactory.CreateConnection() ?? throw NotOpen()
        : UsableNative();

    private async ValueTask<DbConnection> SchemaSourceAsync(CancellationToken cancellationToken) => Auto is { IsOpen: true } roles
        ? (await roles.WriterAsync(cancellationToken).ConfigureAwait(false)).UsableNative()
        : SchemaSource;

    internal InvalidOperationException NotOpen() => _isDisposed
        ? new ObjectDisposedException(GetType().FullName)
        : new InvalidOperationException("The connection is not open; call Open or OpenAsync first.");
}
