using ClusterClient.History.Checks;
using ClusterClient.History.Recording;

namespace ClusterClient.History.Tests.Checks;

public sealed class CutCheckTests
{
    [Theory]
    [InlineData("0 0 0", true)]
    [InlineData("- 0 - 0 0 -", true)]
    [InlineData("0 0 0 0 0 0 0", true)]
    [InlineData("0 0 1", false)]
    [InlineData("4 0 0 0 0 0", false)]
    // Too few to tell it from chance.
    [InlineData("0 0", false)]
    [InlineData("- - - -", false)]
    [InlineData("", false)]
    public void Run_FaultsThatCut_FailsWhereNoneOfSeveralDid(string cuts, bool fails)
    {
        var faults = cuts.Split(' ', StringSplitOptions.RemoveEmptyEntries)
            .Select((c, i) => Fault(i, c == "-" ? null : int.Parse(c, System.Globalization.CultureInfo.InvariantCulture))).ToArray();

        var violations = new Fabrication { Faults = faults }.Check();

        Assert.Equal(fails ? [ViolationKind.NothingCut] : [], violations.Select(v => v.Kind));
    }

    private static FaultRecord Fault(int number, int? cuts) => new()
    {
        Number = number, Name = "cut before COMMIT", Node = "eu-1", Began = Fabrication.Start, Ended = Fabrication.Start, Cuts = cuts,
    };
}
