using ClusterClient.Data;
using ClusterClient.Topology;

namespace ClusterClient.Tests.Data;

public sealed class PreWarmPlanTests
{
    [Theory]
    [InlineData(0, 0, 0)]
    [InlineData(0.1, 0, 1)]
    [InlineData(4, 0, 4)]
    [InlineData(4.01, 0, 5)]
    [InlineData(5, 3, 2)]
    [InlineData(5, 9, 0)]
    // At most 16 to a node, those in use among them.
    [InlineData(16, 0, 16)]
    [InlineData(1e12, 0, 16)]
    [InlineData(99, 10, 6)]
    [InlineData(99, 20, 0)]
    // At most half of what is left of the pool; nothing where there is none.
    [InlineData(9, 0, 9, 18)]
    [InlineData(9, 0, 5, 10)]
    [InlineData(9, 4, 3, 10)]
    [InlineData(9, 0, 0, 1)]
    [InlineData(9, 0, 0, 0)]
    [InlineData(9, 5, 0, 3)]
    // At most half of what the server can still take.
    [InlineData(9, 0, 9, null, 82, 100)]
    [InlineData(9, 0, 4, null, 92, 100)]
    [InlineData(9, 0, 0, null, 99, 100)]
    [InlineData(9, 0, 0, null, 120, 100)]
    [InlineData(9, 0, 2, 5, 92, 100)]
    public void Count_WithinItsBounds(double concurrency, int inUse, int expected, int? poolLimit = null, int? connections = null, int? limit = null) =>
        Assert.Equal(expected, PreWarmPlan.Count(concurrency, inUse, poolLimit, new()
        {
            Index = 0,
            Endpoint = new("a", 1, "eu"),
            Connections = connections,
            ConnectionLimit = limit,
        }));

    [Theory]
    [InlineData(10, 8, true)]
    [InlineData(9.9, 8, false)]
    // One connection more at least.
    [InlineData(1, 0, true)]
    [InlineData(0.9, 0, false)]
    [InlineData(3.9, 3, false)]
    [InlineData(4, 3, true)]
    [InlineData(5, 8, false)]
    public void IsClearlyMore_AQuarterAndOneMore(double next, double present, bool expected) =>
        Assert.Equal(expected, PreWarmPlan.IsClearlyMore(next, present));
}
