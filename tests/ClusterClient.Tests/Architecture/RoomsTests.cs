using System.Reflection;

namespace ClusterClient.Tests.Architecture;

public sealed class RoomsTests
{
    private static readonly Assembly Library = typeof(ClusterDataSource).Assembly;

    [Fact]
    public void Library_EveryRoom_UsesOnlyThoseBelowIt()
    {
        var offenders = Rooms.OfLibrary.Offenders(Library);
        Assert.True(offenders.Count == 0, $"Uses against the rooms' direction:{Environment.NewLine}{string.Join(Environment.NewLine, offenders)}");
    }

    [Fact]
    public void Library_EveryRoom_HasTypes() => Assert.Equal(
        ["Configuration", "Consistency", "Data", "DependencyInjection", "Diagnostics", "Drivers", "Health", "Health.Patterns", "Resilience", "Routing", "Routing.Policies", "Topology"],
        Library.GetTypes().Select(t => t.Namespace ?? "").Where(n => n.StartsWith("ClusterClient.", StringComparison.Ordinal))
            .Select(n => n["ClusterClient.".Length..]).Distinct().Order());

    [Fact]
    public void Offenders_Fixture_FindsEveryWayToMentionAType()
    {
        var rooms = new Rooms("ClusterClient.Tests.Architecture.Fixture", new Dictionary<string, string[]>
        {
            ["Upper"] = ["Lower"],
            ["Lower"] = [],
        });
        var offenders = rooms.Offenders(typeof(RoomsTests).Assembly);
        Assert.Equal(
            [
                "Lower.ByAttribute", "Lower.ByBase", "Lower.ByConstraint`1", "Lower.ByField", "Lower.ByGenericArgument", "Lower.ByLambda",
                "Lower.ByLocal", "Lower.BySignature", "Lower.ByStateMachine", "Lower.ByStaticCall", "Stray.Nowhere",
            ],
            offenders.Select(o => o[..o.IndexOf(' ', StringComparison.Ordinal)]).Distinct());
        Assert.Contains("Lower.ByStaticCall (Run) uses Upper.High", offenders);
        Assert.Contains("Lower.ByStateMachine (MoveNext) uses Upper.High", offenders);
        Assert.Contains("Stray.Nowhere is in no known room", offenders);
    }
}
