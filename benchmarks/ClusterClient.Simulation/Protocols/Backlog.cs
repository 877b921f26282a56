using ClusterClient.Simulation.Clients;
using ClusterClient.Simulation.Engine;

namespace ClusterClient.Simulation.Protocols;

/// <summary>
/// Where requests wait for their client's policy to choose a server: a queue for each client and group, of which only the first
/// asks, and asks again when the policy held it back. Most policies hold none, and a request leaves as it comes.
/// </summary>
/// <param name="clients">The policies.</param>
/// <param name="groups">How many replication groups there are.</param>
/// <param name="isWanted">Whether a request shall still be sent: its deadline may have passed while it waited.</param>
/// <param name="send">Sends a request to the server that was chosen.</param>
internal sealed class Backlog<T>(ClientPolicy[] clients, int groups, Func<T, bool> isWanted, Action<T, int> send)
{
    private readonly Queue<T>[] _queues = [.. Enumerable.Range(0, clients.Length * groups).Select(_ => new Queue<T>())];
    private readonly EventQueue<(int Client, int Group)> _held = new();

    /// <summary>When the next that was held back asks again, or infinity if none was.</summary>
    public double NextTime => _held.NextTime;

    public bool IsEmpty => _held.Count == 0;

    public void Add(double now, int client, int group, T request)
    {
        // Where some are held back already, it waits behind them.
        var queue = _queues[client * groups + group];
        queue.Enqueue(request);
        if (queue.Count == 1)
        {
            SendAll(now, client, group);
        }
    }

    public void AskAgain(double now)
    {
        _held.TryTake(out _, out var which);
        SendAll(now, which.Client, which.Group);
    }

    private void SendAll(double now, int client, int group)
    {
        var queue = _queues[client * groups + group];
        while (queue.TryPeek(out var request))
        {
            if (isWanted(request))
            {
                var server = clients[client].Choose(group, (long)now);
                if (server == ClientPolicy.Hold)
                {
                    _held.Add(Math.Max(now, clients[client].HeldUntil(group, (long)now)), (client, group));
                    return;
                }

                send(request, server);
            }

            queue.Dequeue();
        }
    }
}
