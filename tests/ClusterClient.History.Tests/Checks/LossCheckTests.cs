using ClusterClient.History.Checks;
using ClusterClient.History.CommandLine;
using ClusterClient.History.Recording;

namespace ClusterClient.History.Tests.Checks;

/// <summary>Without synchronous replication, what is lost is what the reports name.</summary>
public sealed class LossCheckTests
{
    private readonly Fabrication _made = new();

    [Fact]
    public void Run_LostAndNamedByLabel_FindsNothing()
    {
        _made.List.Remove(2);
        _made.Losses.Add(new() { Lost = [new("append 2", null, "eu-1", _made.SecondAppend.Ended)] });

        Assert.Empty(Check());
    }

    [Fact]
    public void Run_LostAndNamedAsDoubtful_FindsNothing()
    {
        _made.List.Remove(2);
        _made.Losses.Add(new() { Doubtful = [new("append 2", null, "eu-1", _made.SecondAppend.Ended)] });

        Assert.Empty(Check());
    }

    [Fact]
    public void Run_LostAndNobodyNamesIt_IsLostUnnamed()
    {
        _made.List.Remove(2);
        _made.Losses.Add(new() { Lost = [new("append 22", null, "eu-1", _made.SecondAppend.Ended)] });

        Finds(ViolationKind.LostUnnamed, _made.SecondAppend);
    }

    [Fact]
    public void Run_LabelledAndOnlyInTheRangeOfCommands_IsLostUnnamed()
    {
        _made.List.Remove(2);
        _made.Losses.Add(new() { Commands = 3, From = Fabrication.Start, To = Fabrication.Start + TimeSpan.FromMinutes(1) });

        Finds(ViolationKind.LostUnnamed, _made.SecondAppend);
    }

    [Fact]
    public void Run_NamedAndThere_IsNamedButThere()
    {
        _made.Losses.Add(new() { Lost = [new("append 1", null, "eu-1", _made.Append.Ended)] });

        Finds(ViolationKind.NamedButThere, _made.Append);
    }

    [Fact]
    public void Run_DoubtfulAndThere_FindsNothing()
    {
        _made.Losses.Add(new() { Doubtful = [new("append 1", null, "eu-1", _made.Append.Ended)] });

        Assert.Empty(Check());
    }

    [Theory]
    [InlineData("733", "eu-1", 0, true)]
    [InlineData(null, "eu-1", 0, true)]
    [InlineData("734", "eu-1", 0, false)]
    [InlineData("733", "eu-2", 0, false)]
    [InlineData("733", "eu-1", 5, false)]
    public void Run_LostTransferWithoutLabel_IsNamedByIdPlaceAndTime(string? id, string node, int secondsLater, bool isNamed)
    {
        _made.Undo(_made.Transfers[0]);
        _made.Losses.Add(new() { Lost = [new(null, id, node, _made.Transfer.Ended + TimeSpan.FromSeconds(secondsLater))] });

        if (isNamed)
        {
            Assert.Empty(Check());
        }
        else
        {
            Finds(ViolationKind.LostUnnamed, _made.Transfer);
        }
    }

    [Fact]
    public void Run_LostAfterAnException_IsNamedByNoReport()
    {
        _made.Undo(_made.Transfers[0]);
        _made.Transfer = _made.Transfer with { Exception = "NpgsqlException" };
        _made.Losses.Add(new() { Lost = [new(null, null, "eu-1", _made.Transfer.Ended)] });

        Finds(ViolationKind.LostUnnamed, _made.Transfer);
    }

    [Fact]
    public void Run_TransferNamedByItsIdAndThere_IsNamedButThere()
    {
        _made.Losses.Add(new() { Lost = [new(null, "733", "eu-1", _made.Transfer.Ended)] });

        Finds(ViolationKind.NamedButThere, _made.Transfer);
    }

    [Fact]
    public void Run_LostCommandInTheRange_FindsNothing()
    {
        _made.Rows.Remove(4);
        _made.Losses.Add(new() { Commands = 1, From = _made.Row.Began, To = _made.Row.Ended });

        Assert.Empty(Check());
    }

    [Fact]
    public void Run_LostCommandOutsideOfTheRange_IsLostUnnamed()
    {
        _made.Rows.Remove(4);
        _made.Losses.Add(new() { Commands = 1, From = _made.Row.Ended + TimeSpan.FromSeconds(1), To = _made.Row.Ended + TimeSpan.FromSeconds(2) });

        Finds(ViolationKind.LostUnnamed, _made.Row);
    }

    [Fact]
    public void Run_MoreCommandsLostThanCounted_IsLostUnnamed()
    {
        _made.Rows.Remove(4);
        _made.Upserts.Clear();
        _made.Losses.Add(new() { Commands = 1, From = _made.Row.Began, To = _made.Upsert.Ended });

        Finds(ViolationKind.LostUnnamed, null);
    }

    [Fact]
    public void Run_LostThoughNamed_IsLostWhereAStandbyHadIt()
    {
        _made.List.Remove(2);
        _made.Losses.Add(new() { Lost = [new("append 2", null, "eu-1", _made.SecondAppend.Ended)] });

        Assert.Equal([ViolationKind.Lost, ViolationKind.FalseAlarm], _made.Check().Select(v => v.Kind));
    }

    [Fact]
    public void Run_DoubtedThoughNothingCanBeLost_IsAFalseAlarm()
    {
        _made.Losses.Add(new() { Doubtful = [new("append 2", null, "eu-1", _made.SecondAppend.Ended)] });

        Assert.Equal(ViolationKind.FalseAlarm, Assert.Single(_made.Check()).Kind);
        Assert.Empty(Check());
    }

    private IReadOnlyList<Violation> Check() => _made.Check(ReplicationMode.Async);

    private void Finds(ViolationKind kind, Operation? operation)
    {
        var violation = Assert.Single(Check());
        Assert.Equal((kind, operation), (violation.Kind, violation.Operation));
    }
}
