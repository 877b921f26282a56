namespace ClusterClient.History.Recording;

/// <summary>What a transaction saw of a list before it appended to it.</summary>
/// <param name="Count">How many elements.</param>
/// <param name="Last">The last of them; 0 when there was none.</param>
internal sealed record ListRead(int Count, long Last);
