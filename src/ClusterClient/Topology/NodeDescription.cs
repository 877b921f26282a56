namespace ClusterClient.Topology;

/// <summary>One node as the whole group's answers show it: an entry of an immutable <see cref="ClusterTopology"/>.</summary>
public sealed record NodeDescription
{
    /// <summary>Position of the node in the configuration, from 0; stable for the life of the data source.</summary>
    public required int Index { get; init; }

    /// <summary>The node as configured.</summary>
    public required NodeEndpoint Endpoint { get; init; }

    /// <summary>Role, <see cref="NodeRole.Unknown"/> unless <see cref="Status"/> is <see cref="NodeStatus.Online"/>.</summary>
    public NodeRole Role { get; init; }

    /// <summary>What the monitor holds of it.</summary>
    public NodeStatus Status { get; init; }

    /// <summary>True from the moment a call met a fault at this node until the next look at it has ended.</summary>
    public bool IsDoubted { get; init; }

    /// <summary>Identity of its history as last seen, or null.</summary>
    public string? SystemId { get; init; }

    /// <summary>Its epoch as last seen; 0 when never seen.</summary>
    public long Epoch { get; init; }

    /// <summary>How far it was when last seen.</summary>
    public LogPosition Position { get; init; }

    /// <summary>
    /// For a replica: an upper bound of how far it was behind the primary when last seen, from the primary's own positions, so that
    /// an idle primary makes nobody look late. Null when it cannot be told.
    /// </summary>
    public TimeSpan? Lag { get; init; }

    /// <summary>
    /// The network's round trip: the shortest of the monitor's last looks, the server's own part left out where it tells it.
    /// </summary>
    public TimeSpan RoundTrip { get; init; }

    /// <summary>Connections, from everybody, that count against <see cref="ConnectionLimit"/>; null when the server does not tell.</summary>
    public int? Connections { get; init; }

    /// <summary>How many it accepts of a role like the monitor's; null when it does not tell.</summary>
    public int? ConnectionLimit { get; init; }

    /// <summary>Connections that were at work when it was last seen, as far as the monitor's role may see them; null when unknown.</summary>
    public int? ActiveConnections { get; init; }

    /// <summary><see cref="Connections"/> over <see cref="ConnectionLimit"/>, 0 to 1; 0 when either is unknown.</summary>
    public float Utilisation =>
        Connections is { } used && ConnectionLimit is { } limit and > 0 ? Math.Clamp((float)used / limit, 0, 1) : 0;

    /// <summary>Why it is not online, in words; null when it is.</summary>
    public string? Reason { get; init; }

    /// <summary>Timestamp, of the data source's time provider, at which the last answered look began; 0 when never.</summary>
    internal long SeenAt { get; init; }

    /// <summary>Of a primary: a position at or beyond every commit that it had acknowledged at <see cref="SeenAt"/>.</summary>
    internal LogPosition LogEnd { get; init; }

    /// <summary>
    /// Timestamp at which it came to serve in its role after it had not: it joined, recovered or changed its role. 0 when it has
    /// served in it since the first look.
    /// </summary>
    internal long RisenAt { get; init; }

    /// <summary>Counts the monitor's connections to the node. A change means that connections made before it may be dead.</summary>
    internal int Session { get; init; }

    /// <summary>Where it stood when it last answered as one that follows another; null when it never did.</summary>
    internal ReplicaSight? Followed { get; init; }

    /// <summary>The same, of the last epoch before that one that it was seen in.</summary>
    internal ReplicaSight? FollowedBefore { get; init; }

    /// <summary>Where it was last seen to follow another before it became the primary of that epoch.</summary>
    /// <remarks>
    /// Nobody is promoted into the epoch that it follows. So one who does not accept writes in an epoch that is its own was looked at in the
    /// midst of its promotion, and what it followed is what was seen before.
    /// </remarks>
    internal ReplicaSight? FollowedUntil(long epoch) => Followed?.Epoch < epoch ? Followed : FollowedBefore;

    /// <summary>Whether it accepted writes when it answered last: a primary that is gone is no replica that is missing.</summary>
    internal bool WasWritable { get; init; }

    /// <summary>Whether the last look went unanswered, whatever <see cref="Status"/> follows from the rest.</summary>
    internal bool IsSilent { get; init; }

    /// <summary>What the last look ended in; null when it was answered.</summary>
    internal Exception? Fault { get; init; }

    /// <summary>Whether the server refused the monitor's login at the last look.</summary>
    internal bool IsLoginRefused { get; init; }

    /// <summary>Whether anything that routing or waiting callers care about differs; position, lag and age do not count.</summary>
    internal bool DiffersFrom(NodeDescription other) =>
        Role != other.Role || Status != other.Status || IsDoubted != other.IsDoubted || Epoch != other.Epoch
        || SystemId != other.SystemId || Session != other.Session
        || IsSilent != other.IsSilent || IsLoginRefused != other.IsLoginRefused;
}
