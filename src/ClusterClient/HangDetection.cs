namespace ClusterClient;

/// <summary>How soon a server that stopped answering is to be noticed, and the calls on it ended.</summary>
public enum HangDetection
{
    /// <summary>Within 1.5 s: a look every 500 ms, which may take up to 900 ms. Suits nodes anywhere.</summary>
    Standard,

    /// <summary>
    /// Within 0.5 s: a look every 80 ms, which may take up to 300 ms. For nodes that answer well within that, and at six times the looks.
    /// </summary>
    Fast,
}
