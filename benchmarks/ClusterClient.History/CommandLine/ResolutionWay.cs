namespace ClusterClient.History.CommandLine;

/// <summary>How the library finds out what became of a commit whose answer was lost.</summary>
internal enum ResolutionWay
{
    Id,
    Marker,
    Off,
}
