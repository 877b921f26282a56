using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using ClusterClient.Samples.Tests.Dashboard;

namespace ClusterClient.Samples.Tests.AspNetCore;

[Collection(BrowserFixture.Name)]
public sealed class AspNetCoreTests
{
    [Fact]
    public async Task Sample_FailoverBetweenRequests_TakesOrdersAndTellsItsHealth()
    {
        var (sample, address) = await SampleProcess.ServeAsync("AspNetCore");
        await using var running = sample;
        using var client = new HttpClient { BaseAddress = new(address.GetLeftPart(UriPartial.Authority)) };

        var tea = await PostAsync(client, "tea");
        Assert.Equal("tea", await ItemAsync(client, tea));
        // A pooled context goes on from what it wrote: until a replica is known to have that, its reads wait for a primary.
        await Until.TrueAsync(
            async () => (await client.GetStringAsync(Address("/orders"))).Contains("tea", StringComparison.Ordinal), "the order on a replica");
        await ExpectHealthAsync(client, HttpStatusCode.OK, "Healthy");

        await ActAsync(client, "eu-1", "kill");
        await ExpectHealthAsync(client, HttpStatusCode.ServiceUnavailable, "Unhealthy");
        var waiting = PostAsync(client, "milk");
        using var read = await client.GetAsync(Address("/orders"));
        Assert.Equal(HttpStatusCode.OK, read.StatusCode);

        await ActAsync(client, "eu-2", "promote");
        var milk = await waiting;
        Assert.Equal("tea", await ItemAsync(client, tea));
        Assert.Equal("milk", await ItemAsync(client, milk));
        await ExpectHealthAsync(client, HttpStatusCode.OK, "Degraded");

        await ActAsync(client, "eu-1", "rejoin");
        await ExpectHealthAsync(client, HttpStatusCode.OK, "Healthy");
        Assert.Equal(0, await sample.TerminateAsync());
        Assert.Empty(Servers.Of(sample.Id));
    }

    [Fact]
    public async Task Sample_OtlpEndpointInTheEnvironment_ExportsTracesAndMetrics()
    {
        await using var receiver = await OtlpReceiver.StartAsync();
        var (sample, address) = await SampleProcess.ServeAsync("AspNetCore", new Dictionary<string, string>
        {
            ["OTEL_EXPORTER_OTLP_ENDPOINT"] = receiver.Url,
            ["OTEL_EXPORTER_OTLP_PROTOCOL"] = "http/protobuf",
            ["OTEL_METRIC_EXPORT_INTERVAL"] = "500",
            ["OTEL_BSP_SCHEDULE_DELAY"] = "200",
        });
        await using var running = sample;
        using var client = new HttpClient { BaseAddress = new(address.GetLeftPart(UriPartial.Authority)) };
        await PostAsync(client, "tea");

        await Until.TrueAsync(() => Task.FromResult(receiver.Has("/v1/traces", "ClusterClient")), "a span of ClusterClient's");
        await Until.TrueAsync(() => Task.FromResult(receiver.Has("/v1/traces", "/orders")), "a span of ASP.NET Core's");
        await Until.TrueAsync(() => Task.FromResult(receiver.Has("/v1/metrics", "clusterclient.route.decisions")), "a metric of ClusterClient's");
    }

    private static async Task<int> PostAsync(HttpClient client, string item)
    {
        using var response = await client.PostAsJsonAsync(Address("/orders"), new { item });
        Assert.Equal(HttpStatusCode.Created, response.StatusCode);
        return (await response.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("id").GetInt32();
    }

    private static async Task<string?> ItemAsync(HttpClient client, int id) =>
        (await client.GetFromJsonAsync<JsonElement>(Address($"/orders/{id}"))).GetProperty("item").GetString();

    private static async Task ActAsync(HttpClient client, string node, string action)
    {
        using var response = await client.PostAsync(Address($"/servers/{node}/{action}"), content: null);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
    }

    private static async Task ExpectHealthAsync(HttpClient client, HttpStatusCode code, string status)
    {
        var last = "";
        await Until.TrueAsync(
            async () =>
            {
                using var response = await client.GetAsync(Address("/health"));
                last = await response.Content.ReadAsStringAsync();
                return response.StatusCode == code && last.Contains($"\"status\":\"{status}\"", StringComparison.Ordinal);
            },
            status,
            () => last);
    }

    private static Uri Address(string path) => new(path, UriKind.Relative);
}
