using System.Net;
using System.Net.Http.Json;
using Dashboard;
using Dashboard.Story;
using Dashboard.Web;

namespace ClusterClient.Samples.Tests.Dashboard;

[Collection(BrowserFixture.Name)]
public sealed class EndpointsTests : IAsyncLifetime
{
    private Site _site = null!;
    private HttpClient _client = null!;

    public async Task InitializeAsync()
    {
        _site = await Site.StartAsync(new());
        _client = new() { BaseAddress = new(_site.Url) };
    }

    public async Task DisposeAsync()
    {
        _client.Dispose();
        await _site.DisposeAsync();
    }

    [Fact]
    public async Task Wrong_HealthyGroup_AnswersInTwoSentences()
    {
        Answer? answer = null;
        await Until.TrueAsync(
            async () => (answer = await _client.GetFromJsonAsync<Answer>(new Uri("/api/wrong", UriKind.Relative), EventStream.Json))?.Severity == Tone.Good,
            "an answer that all is well");
        Assert.Equal("Nothing is wrong: all 5 nodes answer.", answer!.Wrong);
        Assert.Equal("Writes go to eu-1 in eu, and reads go to eu-2, eu-3, us-1 and us-2.", answer.Consequence);
    }

    [Theory]
    [InlineData("/api/nodes/eu-9/kill", null, HttpStatusCode.NotFound)]
    [InlineData("/api/nodes/eu-1/explode", null, HttpStatusCode.NotFound)]
    [InlineData("/api/nodes/eu-1/kill", "http://elsewhere.example", HttpStatusCode.Forbidden)]
    [InlineData("/api/nodes/eu-1/promote", null, HttpStatusCode.Conflict)]
    public async Task Action_ThatMayNotBe_IsRefused(string address, string? origin, HttpStatusCode expected)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(address, UriKind.Relative));
        if (origin is not null)
        {
            request.Headers.Add("Origin", origin);
        }

        using var response = await _client.SendAsync(request);
        Assert.Equal(expected, response.StatusCode);
        Assert.Equal("eu-1", _site.Cluster.Topology.Primary?.Endpoint.Name);
    }

    [Fact]
    public async Task Page_AskedForByAnotherName_IsRefused()
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri("/", UriKind.Relative));
        request.Headers.Host = "rebound.example";
        using var response = await _client.SendAsync(request);
        Assert.Equal(HttpStatusCode.Forbidden, response.StatusCode);
    }
}
