namespace ClusterClient.Health;

/// <summary>
/// What routing reads of a node's circuit: one word, so that it is read without a lock and never torn. Times are µs of
/// <see cref="HealthClock"/>.
/// </summary>
internal readonly record struct CircuitGate(long Word)
{
    private const int KindBits = 2;
    private const long OpenKind = 1;
    private const long HalfOpenKind = 2;
    private const long IsolatedKind = 3;

    /// <summary>A time that never comes.</summary>
    public const long Never = long.MaxValue >> KindBits;

    /// <summary>Nothing speaks against the node; the word of a node that was never sick.</summary>
    public static readonly CircuitGate Closed;

    /// <summary>It will be open as soon as it is known for how long.</summary>
    public static readonly CircuitGate Opening = OpenUntil(Never);

    public static readonly CircuitGate Isolated = new(IsolatedKind);

    public bool IsClosed => Word == 0;

    public bool IsIsolated => Kind == IsolatedKind;

    /// <summary>When a call may be its trial, unless the gate changes before; <see cref="Never"/> where none may.</summary>
    public long DueAt => Kind is OpenKind or HalfOpenKind ? Word >> KindBits : Never;

    public bool IsHalfOpen => Kind == HalfOpenKind;

    private long Kind => Word & ((1 << KindBits) - 1);

    public static CircuitGate OpenUntil(long time) => new((time << KindBits) | OpenKind);

    /// <summary>A trial is under way; at this time another may begin, because one that tells nothing for so long must not hold up the rest.</summary>
    public static CircuitGate TrialUntil(long time) => new((time << KindBits) | HalfOpenKind);

    public bool IsTrialDue(long now) => Kind is OpenKind or HalfOpenKind && now >= Word >> KindBits;

    public CircuitStatus Status => Kind switch
    {
        OpenKind => CircuitStatus.Open,
        HalfOpenKind => CircuitStatus.HalfOpen,
        IsolatedKind => CircuitStatus.Isolated,
        _ => CircuitStatus.Closed,
    };
}
