using ClusterClient.History.Checks;
using ClusterClient.History.CommandLine;
using ClusterClient.History.Recording;

namespace ClusterClient.History.Tests.Checks;

/// <summary>Every kind of violation is planted in a clean history and found, alone and at its operation.</summary>
public sealed class HistoryCheckTests
{
    private readonly Fabrication _made = new();

    [Theory]
    [InlineData("Sync")]
    [InlineData("Async")]
    public void Run_CleanHistory_FindsNothing(string mode) => Assert.Empty(_made.Check(Enum.Parse<ReplicationMode>(mode)));

    [Fact]
    public void Run_AcknowledgedRowMissing_IsLost()
    {
        _made.Rows.Remove(4);

        Finds(ViolationKind.Lost, _made.Row);
    }

    [Fact]
    public void Run_AcknowledgedUpsertMissing_IsLost()
    {
        _made.Upserts.Clear();

        Finds(ViolationKind.Lost, _made.Upsert);
    }

    [Fact]
    public void Run_AcknowledgedElementMissing_IsLost()
    {
        _made.List.Remove(2);

        Finds(ViolationKind.Lost, _made.SecondAppend);
    }

    [Fact]
    public void Run_AcknowledgedTransferUndone_IsLost()
    {
        _made.Undo(_made.Transfers[0]);

        Finds(ViolationKind.Lost, _made.Transfer);
    }

    [Fact]
    public void Run_RowTwice_IsAppliedTwice()
    {
        _made.Rows.Add(4);

        Finds(ViolationKind.AppliedTwice, _made.Row);
    }

    [Fact]
    public void Run_UnknownRowTwice_IsAppliedTwice()
    {
        _made.Rows.Add(7);

        Finds(ViolationKind.AppliedTwice, _made.UnknownDone);
    }

    [Fact]
    public void Run_ElementTwice_IsAppliedTwice()
    {
        _made.List.Add(2);

        Finds(ViolationKind.AppliedTwice, _made.SecondAppend);
    }

    [Fact]
    public void Run_TransferTwice_IsAppliedTwice()
    {
        _made.Transfers.Add(_made.Transfers[0]);
        (_made.Balances[1], _made.Balances[2]) = (40, 160);

        Finds(ViolationKind.AppliedTwice, _made.Transfer);
    }

    [Fact]
    public void Run_RefusedRowThere_IsNotCommittedButThere()
    {
        _made.Rows.Add(6);

        Finds(ViolationKind.NotCommittedButThere, _made.Refused);
    }

    [Fact]
    public void Run_RefusedTransferThere_IsNotCommittedButThere()
    {
        _made.Transfer = _made.Transfer with { Outcome = Outcome.NotCommitted };

        Finds(ViolationKind.NotCommittedButThere, _made.Transfer);
    }

    [Fact]
    public void Run_NumberThatNobodyWrote_IsUnexplained()
    {
        _made.Rows.Add(99);

        Finds(ViolationKind.Unexplained, null);
    }

    [Fact]
    public void Run_NumberInAnothersPlace_IsUnexplained()
    {
        _made.Upserts.Add(4);

        Finds(ViolationKind.Unexplained, null);
    }

    [Fact]
    public void Run_TransferOfAnotherAmount_IsUnexplained()
    {
        _made.Transfers[0] = _made.Transfers[0] with { Amount = 40 };
        (_made.Balances[1], _made.Balances[2]) = (60, 140);

        Finds(ViolationKind.Unexplained, _made.Transfer);
    }

    [Fact]
    public void Run_ElementInAnotherList_IsUnexplained()
    {
        _made.SecondAppend = _made.SecondAppend with { List = 8, Read = null };

        Finds(ViolationKind.Unexplained, _made.SecondAppend);
    }

    [Fact]
    public void Run_MoneyGone_IsFoundInTheSumAndTheAccount()
    {
        _made.Balances[3] = 99;

        Assert.Equal([ViolationKind.MoneyNotConserved, ViolationKind.BalanceWrong], _made.Check().Select(v => v.Kind));
    }

    [Fact]
    public void Run_BalancesWithoutTransfer_AreWrong()
    {
        (_made.Balances[1], _made.Balances[3]) = (60, 110);

        Assert.Equal([ViolationKind.BalanceWrong, ViolationKind.BalanceWrong], _made.Check().Select(v => v.Kind));
    }

    [Fact]
    public void Run_HalfATransfer_IsFoundInTheMoney()
    {
        _made.Balances[2] = 100;

        Assert.Equal([ViolationKind.MoneyNotConserved, ViolationKind.BalanceWrong], _made.Check().Select(v => v.Kind));
    }

    [Fact]
    public void Run_ReadOfWhatNeverWas_IsWrong()
    {
        _made.SecondAppend = _made.SecondAppend with { Read = new(1, 77) };

        Finds(ViolationKind.ReadWrong, _made.SecondAppend);
    }

    [Fact]
    public void Run_ReadOfMoreThanThereIs_IsWrong()
    {
        _made.SecondAppend = _made.SecondAppend with { Read = new(3, 77) };

        Finds(ViolationKind.ReadWrong, _made.SecondAppend);
    }

    [Fact]
    public void Run_SerializableAppendNotBehindWhatItRead_IsWrong()
    {
        _made.SecondAppend = _made.SecondAppend with { Read = new(0, 0) };

        Finds(ViolationKind.ReadWrong, _made.SecondAppend);
    }

    private void Finds(ViolationKind kind, Operation? operation)
    {
        var violation = Assert.Single(_made.Check());
        Assert.Equal((kind, operation), (violation.Kind, violation.Operation));
    }
}
