namespace ClusterClient.Health.Patterns;

/// <summary>Whether a node's pattern is used.</summary>
internal enum PatternState
{
    /// <summary>Too few of the last week's hours were forecast to judge by.</summary>
    Learning,

    /// <summary>It forecasts better than a naive rule, and is used.</summary>
    Active,

    /// <summary>It forecasts no better than a naive rule, and is not used until it does.</summary>
    Off,
}
