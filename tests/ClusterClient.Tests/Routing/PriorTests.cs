using ClusterClient.Tests.Fakes;

namespace ClusterClient.Tests.Routing;

/// <summary>What is usual for the hour, in ms a node with 0 for nothing, and which nodes of the default policy take turns then.</summary>
public sealed class PriorTests
{
    [Theory]
    [InlineData("R R R", "0 0 0", "0 1 2")]
    // Among unknown nodes the quickest by custom, and in flight counts steeply.
    [InlineData("R R R", "3 1 2", "1")]
    [InlineData("R R R", "1 1 2", "0 1")]
    [InlineData("R R*1 R", "3 1 2", "2")]
    [InlineData("R*1 R*1 R*1", "3 1 2", "1")]
    [InlineData("R R*9 R", "0 9 0", "0 2")]
    // One that nothing is told of is like the average of the others.
    [InlineData("R R R", "1 0 3", "0")]
    [InlineData("R*1 R R", "1 0 3", "1")]
    [InlineData("R R", "0 4", "0 1")]
    // What the server told of its load weighs on it.
    [InlineData("R%80 R", "1 1", "1")]
    [InlineData("R%80 R", "1 3", "0")]
    // Beside a node that is known no forecast has a say: all are level with the best that is known.
    [InlineData("R$5 R R", "0 1 9", "0 1 2")]
    [InlineData("R$5 R$1 R", "9 9 0.1", "1 2")]
    [InlineData("R$5 R*1 R", "0 1 9", "0 2")]
    // Nor has it of a node that is known itself.
    [InlineData("R$1 R$2", "9 0.1", "0")]
    public void Choose_NodesWithPriors_TheyDecideAmongTheUnknown(string nodes, string priors, string expected)
    {
        var table = new RoutingTable(nodes);
        foreach (var (node, prior) in priors.Split(' ').Index())
        {
            table.States[node].Prior = 1_000 * float.Parse(prior, System.Globalization.CultureInfo.InvariantCulture);
        }

        var chosen = table.Frequencies("read", 60).Index().Where(c => c.Item > 0).ToArray();
        Assert.Equal(expected, string.Join(' ', chosen.Select(c => c.Index)));
        Assert.All(chosen, c => Assert.Equal(60 / chosen.Length, c.Item));
    }
}
