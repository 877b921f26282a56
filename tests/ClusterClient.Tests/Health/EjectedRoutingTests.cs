using ClusterClient.Routing;
using ClusterClient.Routing.Policies;
using ClusterClient.Tests.Fakes;

namespace ClusterClient.Tests.Health;

/// <summary>What routing makes of ejections: whom it avoids, and when it takes the ejected after all.</summary>
public sealed class EjectedRoutingTests
{
    [Theory]
    [InlineData("P R&9 R", "read eu", "2")]
    // Another region's replica before one that is ejected here.
    [InlineData("P R&9 R/us", "read eu", "2")]
    // The cap leaves one of a pair: no panic yet, it is half.
    [InlineData("P R&9 R R&9 R", "read eu", "2 4")]
    // More are gone than ejections alone could take: then all that answer serve.
    [InlineData("P R&9 R x x", "read eu", "1 2")]
    [InlineData("P R&9 R&9 R x x/us", "read eu", "1 2 3")]
    // Nobody but the ejected: the primary, as for any read that no replica can serve, or they themselves.
    [InlineData("P R&9 x", "read eu", "0")]
    [InlineData("P R&9 R&9", "read eu replicas", "1 2")]
    [InlineData("x R&9 R&9", "read eu", "1 2")]
    [InlineData("P! R&9 x", "read eu", "1")]
    // Rather than a doubted one, and never one that is incoherent, too stale or where the request may not go.
    [InlineData("x R&9 R!", "read eu", "1")]
    [InlineData("x R&9 F D f C u ~ R11", "read eu", "1")]
    [InlineData("x R&9/us R11 F", "read eu -us", "none")]
    [InlineData("x R&9/us R&9 F", "read eu -us", "2")]
    // Writes know one node only.
    [InlineData("P&9 R", "write", "0")]
    public void Choose_SomeAreEjected_TakesThemOnlyWhenTheOthersCannotServe(string nodes, string request, string expected)
    {
        var table = new RoutingTable(nodes, "eu", new RoundRobin());
        var chosen = Enumerable.Range(0, 600).Select(t => table.Choose(request, (uint)t)).Distinct().Order();
        Assert.Equal(expected, string.Join(' ', chosen.Select(c => c < 0 ? "none" : $"{c}")));
    }

    [Theory]
    // Percent of the requests in eu and us by the replicas that are not ejected there, of four: Envoy's documented rows.
    [InlineData(4, 4, 100, 0)]
    [InlineData(3, 4, 100, 0)]
    [InlineData(2, 2, 70, 30)]
    [InlineData(1, 4, 35, 65)]
    [InlineData(1, 1, 50, 50)]
    public void Choose_ShareOfARegionIsEjected_SpillsLikeEnvoy(int eu, int us, int toEu, int toUs)
    {
        var table = new RoutingTable($"{Replicas(eu, "eu")} {Replicas(us, "us")}", "eu");
        var counts = table.Frequencies("read eu", 1_000);
        Assert.Equal((toEu * 10, toUs * 10), (counts[..4].Sum(), counts[4..].Sum()));
    }

    [Theory]
    [InlineData("&-0.5", 0.1)]
    [InlineData("&-15", 0.5)]
    [InlineData("&-30", 1)]
    public void Choose_EjectionIsOver_ItsShareRisesSlowly(string mark, double share)
    {
        var table = new RoutingTable($"P R{mark} R", "eu", new RoundRobin());
        Assert.InRange(table.Frequencies("read eu", 2_000)[1] / 1_000.0, share - 0.02, share + 0.02);
    }

    [Fact]
    public void Choose_AnyEjectionsAtAll_NeverTheWrongRoleHistoryOrRegion()
    {
        string[] kinds = ["P", "R", "R", "R", "R11", "x", "~", "C", "F", "D", "f", "u"];
        string[] requests = ["write eu", "read eu", "read us", "read eu replicas", "read eu -us", "write eu -us"];
        var random = new Random(20_260_901);
        for (var run = 0; run < 3_000; run++)
        {
            var words = Enumerable.Range(0, random.Next(1, 8)).Select(i =>
                $"{kinds[random.Next(i == 0 ? 0 : 1, kinds.Length)]}{(random.Next(2) == 0 ? "&9" : "")}/{(random.Next(2) == 0 ? "eu" : "us")}").ToArray();
            // A region that is denied must exist.
            var nodes = string.Join(' ', words) + " x/us";
            var (table, asked) = (new RoutingTable(nodes, "eu"), requests[random.Next(requests.Length)]);
            if (table.Choose(asked, (uint)run) is >= 0 and var chosen)
            {
                var word = words[chosen];
                Assert.True(asked[0] == 'w' ? word[0] == 'P' : word[0] is 'P' or 'R' && !word.StartsWith("R11", StringComparison.Ordinal), $"{asked}: {nodes} -> {word}");
                Assert.False(asked.Contains("-us", StringComparison.Ordinal) && word.EndsWith("/us", StringComparison.Ordinal), $"{asked}: {nodes} -> {word}");
                Assert.False(asked.Contains("replicas", StringComparison.Ordinal) && word[0] == 'P', $"{asked}: {nodes} -> {word}");
            }
        }
    }

    private static string Replicas(int well, string region) =>
        string.Join(' ', Enumerable.Range(0, 4).Select(i => $"R{(i < well ? "" : "&9")}/{region}"));
}
