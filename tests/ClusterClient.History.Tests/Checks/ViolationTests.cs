using ClusterClient.History.Checks;
using ClusterClient.History.Recording;

namespace ClusterClient.History.Tests.Checks;

public sealed class ViolationTests
{
    [Fact]
    public void Describe_FaultsNearAndFar_TellsTheOperationAndThoseAroundIt()
    {
        var operation = new Fabrication().Row;
        var near = Fault(1, "kill and promote", operation.Began);
        var far = Fault(2, "link drops", operation.Began + TimeSpan.FromMinutes(1));

        var text = new Violation(ViolationKind.Lost, "the write", "nothing", operation).Describe(new([operation], [near, far], [], []));

        Assert.Contains("Lost: expected the write, found nothing", text, StringComparison.Ordinal);
        Assert.Contains("Row 4 of client 1", text, StringComparison.Ordinal);
        Assert.Contains("kill and promote at eu-1", text, StringComparison.Ordinal);
        Assert.DoesNotContain("link drops", text, StringComparison.Ordinal);
    }

    private static FaultRecord Fault(int number, string name, DateTimeOffset began) => new()
    {
        Number = number, Name = name, Node = "eu-1", Began = began, Ended = began + TimeSpan.FromSeconds(1),
    };
}
