namespace ClusterClient.Topology;

/// <summary>The last look at one node: raw, not yet held against what the other nodes say.</summary>
internal sealed record NodeSighting
{
    public static readonly NodeSighting None = new() { Status = NodeStatus.Unseen };

    /// <summary><see cref="NodeStatus.Unseen"/>, Online (it answered), Unreachable or Silent.</summary>
    public required NodeStatus Status { get; init; }

    /// <summary>The facts of the last look that was answered, kept while later looks fail.</summary>
    public NodeFacts? Facts { get; init; }

    /// <summary>Timestamp at which the look began.</summary>
    public long StartedAt { get; init; }

    /// <summary>Timestamp at which the last look that was answered began: <see cref="Facts"/> are at least this fresh.</summary>
    public long AnsweredAt { get; init; }

    /// <summary>Timestamp of the newest doubt: only a look that began after it settles it. Zero when there is none.</summary>
    public long DoubtedAt { get; init; }

    /// <summary>The network's part of the looks up to this one.</summary>
    public RoundTrips RoundTrip { get; init; }

    /// <summary>Counts the monitor's connections to the node: a new one means that the old was lost.</summary>
    public int Session { get; init; }

    public string? Reason { get; init; }

    /// <summary>What this look ended in; null when it was answered.</summary>
    public Exception? Fault { get; init; }

    /// <summary>Whether the server refused the monitor's login.</summary>
    public bool IsLoginRefused { get; init; }

    /// <summary>This look, with what is still worth knowing of the one before it.</summary>
    public NodeSighting After(NodeSighting before) => this with
    {
        Facts = Facts is null ? before.Facts : NotBackwards(Facts, before.Facts, Session == before.Session),
        AnsweredAt = Facts is null ? before.AnsweredAt : AnsweredAt,
        RoundTrip = Facts is null ? before.RoundTrip : before.RoundTrip.Add(RoundTrip.Shortest),
        Session = Facts is null ? before.Session : Session,
        DoubtedAt = before.DoubtedAt > StartedAt ? before.DoubtedAt : 0,
    };

    /// <summary>This sighting, but somebody has just met a fault at the node.</summary>
    public NodeSighting Doubted(long at) => this with { DoubtedAt = at };

    // A standby whose receiver is down cannot tell its timeline and reports the last that reached its control file. What it
    // has shown before is then the better bound; and since it cannot change timelines without its receiver, it is the truth for
    // as long as the monitor's connection to it has stood.
    private static NodeFacts NotBackwards(NodeFacts now, NodeFacts? before, bool watchedThroughout) =>
        now.IsEpochLowerBound && before?.SystemId == now.SystemId
            ? now with
            {
                Epoch = Math.Max(now.Epoch, before.Epoch),
                IsEpochLowerBound = before.IsEpochLowerBound || !watchedThroughout,
            }
            : now;
}
