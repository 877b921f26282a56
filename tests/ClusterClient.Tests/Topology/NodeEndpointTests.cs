using ClusterClient.Topology;

namespace ClusterClient.Tests.Topology;

public sealed class NodeEndpointTests
{
    [Theory]
    [InlineData("db", "db", 5432)]
    [InlineData("eu-1.db:6000", "eu-1.db", 6000)]
    [InlineData(" eu-1.db:6000 ", "eu-1.db", 6000)]
    [InlineData("10.0.0.1", "10.0.0.1", 5432)]
    [InlineData("10.0.0.1:1", "10.0.0.1", 1)]
    [InlineData("10.0.0.1:65535", "10.0.0.1", 65535)]
    [InlineData("::1", "::1", 5432)]
    [InlineData("fe80::1:6000", "fe80::1:6000", 5432)]
    [InlineData("[::1]", "::1", 5432)]
    [InlineData("[::1]:6000", "::1", 6000)]
    public void TryParse_Endpoint_GivesHostAndPort(string text, string host, int port)
    {
        Assert.True(NodeEndpoint.TryParse(text, 5432, out var actualHost, out var actualPort));
        Assert.Equal((host, port), (actualHost, actualPort));
    }

    [Theory]
    [InlineData("")]
    [InlineData(" ")]
    [InlineData(":5432")]
    [InlineData("db:")]
    [InlineData("db:0")]
    [InlineData("db:65536")]
    [InlineData("db:-1")]
    [InlineData("db:port")]
    [InlineData("db:5432:5433")]
    [InlineData("tcp://db:5432")]
    [InlineData("[::1")]
    [InlineData("[]")]
    [InlineData("[]:5432")]
    [InlineData("[::1]5432")]
    [InlineData("[::1]:")]
    [InlineData("[::1]:0")]
    public void TryParse_NoEndpoint_IsRefused(string text) => Assert.False(NodeEndpoint.TryParse(text, 5432, out _, out _));

    [Theory]
    [InlineData("db", 5432, null, "db:5432")]
    [InlineData("::1", 5432, null, "[::1]:5432")]
    [InlineData("db", 5432, "eu-1", "eu-1")]
    public void Name_NoneGiven_IsHostAndPort(string host, int port, string? given, string name)
    {
        var endpoint = new NodeEndpoint(host, port, "eu", name: given);
        Assert.Equal((name, name), (endpoint.Name, endpoint.ToString()));
    }

    [Fact]
    public void Constructor_ArgumentOutOfRange_Throws()
    {
        Assert.Throws<ArgumentException>(() => new NodeEndpoint(" ", 1, "eu"));
        Assert.Throws<ArgumentException>(() => new NodeEndpoint("db", 1, ""));
        Assert.Throws<ArgumentOutOfRangeException>(() => new NodeEndpoint("db", 0, "eu"));
        Assert.Throws<ArgumentOutOfRangeException>(() => new NodeEndpoint("db", 65536, "eu"));
    }
}
