using System.Net.ServerSentEvents;
using System.Text.Json;
using ClusterClient.Topology;
using Dashboard.State;
using Dashboard.Story;
using Dashboard.Web;

namespace ClusterClient.Samples.Tests.Dashboard;

public sealed class EventStreamTests
{
    private readonly EventStream _stream = new();

    [Fact]
    public async Task ReadAsync_ComingLate_IsToldWhatWasBeforeAndThenWhatComes()
    {
        Publish("first");
        _stream.Publish(Picture(1));
        await using var reader = _stream.ReadAsync(default).GetAsyncEnumerator();

        var history = await NextAsync(reader);
        Assert.Equal("history", history.EventType);
        using var told = JsonDocument.Parse(history.Data);
        Assert.Equal("first", told.RootElement.GetProperty("sentences")[0].GetProperty("sentence").GetString());
        Assert.Equal(1, told.RootElement.GetProperty("pictures").GetArrayLength());

        Publish("second");
        _stream.Publish(Picture(2));
        var sentence = await NextAsync(reader);
        Assert.Equal("sentence", sentence.EventType);
        Assert.Contains("\"second\"", sentence.Data, StringComparison.Ordinal);
        var picture = await NextAsync(reader);
        Assert.Equal("picture", picture.EventType);
        Assert.Contains("\"role\":\"primary\"", picture.Data, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ReadAsync_FarBehind_IsEndedAndOthersGoOn()
    {
        await using var late = _stream.ReadAsync(default).GetAsyncEnumerator();
        await NextAsync(late);
        for (var i = 0; i < 1000; i++)
        {
            Publish($"{i}");
        }

        var count = 0;
        while (await late.MoveNextAsync())
        {
            count++;
        }

        Assert.InRange(count, 1, 999);
        await using var next = _stream.ReadAsync(default).GetAsyncEnumerator();
        Assert.Contains("\"999\"", (await NextAsync(next)).Data, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Close_OpenReaders_EndsThem()
    {
        await using var reader = _stream.ReadAsync(default).GetAsyncEnumerator();
        await NextAsync(reader);
        _stream.Close();
        Assert.False(await reader.MoveNextAsync());
    }

    private void Publish(string sentence) => _stream.Publish(new TimelineEntry(DateTimeOffset.UnixEpoch, sentence, Tone.Note));

    private static Picture Picture(long epoch)
    {
        var primary = new NodeState { Name = "eu-1", Region = "eu", Role = NodeRole.Primary, Status = NodeStatus.Online };
        var state = new ClusterState { Here = "eu", Epoch = epoch, Nodes = [primary] };
        return new(state, Diagnosis.Of(state));
    }

    private static async Task<SseItem<string>> NextAsync(IAsyncEnumerator<SseItem<string>> reader)
    {
        Assert.True(await reader.MoveNextAsync());
        return reader.Current;
    }
}
