using ClusterClient.Topology;

namespace ClusterClient.Benchmarks.Overhead.Fakes;

internal sealed class FakeProbe(bool isPrimary) : INodeProbe
{
    public bool IsConnected { get; private set; }

    public Task<NodeFacts> LookAsync()
    {
        IsConnected = true;
        return Task.FromResult(new NodeFacts { IsWritable = isPrimary, SystemId = "fake", Epoch = 1, Position = new LogPosition(1) });
    }

    public Task WatchAsync(TimeSpan duration, CancellationToken cancellationToken) => Task.Delay(duration, cancellationToken);

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
