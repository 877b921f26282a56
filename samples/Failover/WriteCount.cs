namespace Failover;

/// <summary>What became of the writes of one contender.</summary>
/// <param name="Acknowledged">Writes whose call returned.</param>
/// <param name="Lost">Of those, the ones that are not in the database.</param>
/// <param name="Twice">Writes that are in the database more than once.</param>
internal readonly record struct WriteCount(int Acknowledged, int Lost, int Twice);
