namespace ClusterClient.Simulation.Protocols.C3;

/// <summary>The reads that clients hold back: a queue for each client and group, of which only the first asks again.</summary>
internal sealed class C3Backlog(int groups)
{
    private readonly Dictionary<long, Queue<int>> _queues = [];

    public Queue<int> Of(int client, int group)
    {
        var key = (long)client * groups + group;
        if (!_queues.TryGetValue(key, out var queue))
        {
            _queues.Add(key, queue = new());
        }

        return queue;
    }
}
