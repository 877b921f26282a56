using ClusterClient.History.Checks;
using ClusterClient.History.CommandLine;
using ClusterClient.History.Recording;

namespace ClusterClient.History.Tests.Checks;

/// <summary>A history and what the database has, made up: clean at first, to plant something in.</summary>
internal sealed class Fabrication
{
    public const long InitialBalance = 100;

    public static readonly DateTimeOffset Start = new(2026, 1, 1, 12, 0, 0, TimeSpan.Zero);

    public Operation Append { get; set; } = Committed(1, OperationKind.Append, OperationWay.Execute) with { List = 7, Label = "append 1" };

    public Operation SecondAppend { get; set; } = Committed(2, OperationKind.Append, OperationWay.Execute) with
    {
        List = 7, Label = "append 2", IsSerializable = true, Reads = true, Read = new(1, 1),
    };

    public Operation Transfer { get; set; } = Committed(3, OperationKind.Transfer, OperationWay.Transaction) with
    {
        From = 1, To = 2, Amount = 30, Node = "eu-1", TransactionId = "733",
    };

    public Operation Row { get; set; } = Committed(4, OperationKind.Row, OperationWay.Command);

    public Operation Upsert { get; set; } = Committed(5, OperationKind.Upsert, OperationWay.Command);

    public Operation Refused { get; set; } = Committed(6, OperationKind.Row, OperationWay.Command) with { Outcome = Outcome.NotCommitted };

    public Operation UnknownDone { get; set; } = Committed(7, OperationKind.Row, OperationWay.Command) with { Outcome = Outcome.Unknown };

    public Operation UnknownNotDone { get; set; } = Committed(8, OperationKind.Row, OperationWay.Command) with { Outcome = Outcome.Unknown };

    public List<long> List { get; } = [1, 2];

    public Dictionary<int, long> Balances { get; } = new() { [1] = 70, [2] = 130, [3] = 100 };

    public List<TransferRow> Transfers { get; } = [new(3, 1, 2, 30)];

    public List<long> Rows { get; } = [4, 7];

    public List<long> Upserts { get; } = [5];

    public List<NamedLoss> Losses { get; } = [];

    public IReadOnlyList<FaultRecord> Faults { get; init; } = [];

    public IReadOnlyList<Violation> Check(ReplicationMode mode = ReplicationMode.Sync) => HistoryCheck.Run(
        new([Append, SecondAppend, Transfer, Row, Upsert, Refused, UnknownDone, UnknownNotDone], Faults, Losses, []),
        new()
        {
            Lists = new Dictionary<int, IReadOnlyList<long>> { [7] = List },
            Balances = Balances,
            Transfers = Transfers,
            Rows = Rows,
            Upserts = Upserts,
            InitialBalance = InitialBalance,
        },
        mode);

    /// <summary>Takes a transfer back, and what it did to the accounts.</summary>
    public void Undo(TransferRow transfer)
    {
        Transfers.Remove(transfer);
        Balances[transfer.From] += transfer.Amount;
        Balances[transfer.To] -= transfer.Amount;
    }

    private static Operation Committed(long id, OperationKind kind, OperationWay way) => new()
    {
        Id = id,
        Client = 1,
        Kind = kind,
        Way = way,
        Began = Start + TimeSpan.FromSeconds(id),
        Ended = Start + TimeSpan.FromSeconds(id) + TimeSpan.FromMilliseconds(20),
        Attempts = 1,
        Node = "eu-1",
    };
}
