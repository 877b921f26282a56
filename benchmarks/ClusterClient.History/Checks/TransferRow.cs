namespace ClusterClient.History.Checks;

/// <summary>A row of the table of transfers.</summary>
internal sealed record TransferRow(long Id, int From, int To, int Amount);
