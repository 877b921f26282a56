namespace ClusterClient.Topology;

/// <summary>The monitor's rhythm, fixed when the data source is built.</summary>
internal sealed record MonitorSettings
{
    /// <summary>While all is well: time between two looks at a node, ±10 %.</summary>
    public required TimeSpan Interval { get; init; }

    /// <summary>
    /// The longest that a look may take, whatever <see cref="PhiAccrual"/> learns; the first on a new connection gets
    /// <see cref="ConnectTimeout"/>.
    /// </summary>
    public required TimeSpan ProbeTimeout { get; init; }

    /// <summary>Says of an exception whether the server refused the monitor's login: asking again soon helps nobody.</summary>
    public Func<Exception, bool> IsLoginRefusal { get; init; } = static _ => false;

    public TimeSpan ConnectTimeout => ProbeTimeout * 2;

    /// <summary>The longest that a hang goes unnoticed: it begins right after a look, or under the first one on a new connection.</summary>
    public TimeSpan LongestSilence => (Interval * (1 + Jitter)) + ConnectTimeout;

    /// <summary>Pauses vary by this part of themselves, so that processes which started together do not look together.</summary>
    public const double Jitter = 0.1;

    /// <summary>As often as that at most are nodes looked at for calls that ask for it while all is well: the servers are there for other work.</summary>
    public const int AskedLooksPerInterval = 10;

    /// <summary>While something is wrong: between looks at a node that answers. One query of a fraction of a millisecond.</summary>
    public static readonly TimeSpan QuickInterval = TimeSpan.FromMilliseconds(15);

    /// <summary>While something is wrong: between attempts at a node that does not answer.</summary>
    public static readonly TimeSpan QuickReconnect = TimeSpan.FromMilliseconds(50);

    /// <summary>After this long without getting well, quick looks slow down by <see cref="TiredFactor"/>.</summary>
    public static readonly TimeSpan Tired = TimeSpan.FromSeconds(60);

    public const int TiredFactor = 4;

    /// <summary>A timeout that comes later than this multiple of itself says that this process stalled, not the node.</summary>
    public const double StallFactor = 1.25;

    /// <summary>How often in a row a look is given its time again for that reason.</summary>
    public const int MaxStalls = 3;

    /// <summary>The longest pause between attempts at a node that stays away while the group is well.</summary>
    public static readonly TimeSpan SlowestReconnect = TimeSpan.FromSeconds(1);

    /// <summary>
    /// After a login that the server refused, doubling up to <see cref="LongestLoginPause"/>, whatever else happens: a storm of failed
    /// logins fills logs and locks accounts.
    /// </summary>
    public static readonly TimeSpan LoginPause = TimeSpan.FromSeconds(1);

    public static readonly TimeSpan LongestLoginPause = TimeSpan.FromSeconds(10);
}
