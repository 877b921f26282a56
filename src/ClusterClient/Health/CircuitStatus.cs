namespace ClusterClient.Health;

/// <summary>The state of a node's circuit.</summary>
public enum CircuitStatus
{
    /// <summary>The node is used like any other.</summary>
    Closed,

    /// <summary>The calls to it failed: it is left alone until the break is over, where another can serve.</summary>
    Open,

    /// <summary>The break is over, and one call is the trial that decides.</summary>
    HalfOpen,

    /// <summary>An operator isolated it: nothing is sent there until it is reset.</summary>
    Isolated,
}
