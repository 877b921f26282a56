using ClusterClient.Data;
using ClusterClient.Routing;
using ClusterClient.Tests.Fakes;

namespace ClusterClient.Tests.Data;

/// <summary>Whatever the servers do and whenever they are looked at: no read on a replica that lacks what the connection wrote.</summary>
public sealed class AutoConnectionPropertyTests
{
    private const int Nodes = 4;

    [Fact]
    public async Task Read_AnyHistory_NeverBeforeTheOwnWriteAndNotAtThePrimaryForGood()
    {
        var replicaReads = 0;
        for (var seed = 0; seed < 300; seed++)
        {
            var random = new Random(seed);
            await using var cluster = new FakeCluster(Nodes);
            var (epoch, primary, fork) = (1, 0, 0L);
            var epochs = Enumerable.Repeat(1, Nodes).ToArray();
            var positions = Enumerable.Repeat(10L, Nodes).ToArray();
            long? mine = null;
            List<string> story = [$"seed {seed}"];
            LookAtAll();
            await using var connection = await cluster.Auto.OpenConnectionAsync();
            for (var step = 0; step < 60; step++)
            {
                switch (random.Next(9))
                {
                    case 0 or 1:
                        await RunAsync(connection, RouteIntent.Write);
                        mine = positions[primary] += random.Next(1, 9);
                        story.Add($"write -> {mine}");
                        break;
                    case 2 or 3:
                        await ReadAsync();
                        break;
                    case 4:
                        positions[primary] += random.Next(9);
                        break;
                    case 5 or 6:
                        Replicate(random.Next(Nodes), random.Next(9));
                        break;
                    case 7 when random.Next(5) == 0:
                        Promote((primary + random.Next(1, Nodes)) % Nodes);
                        break;
                    case 7:
                        connection.Close();
                        connection.Open();
                        break;
                    default:
                        Look(random.Next(Nodes));
                        break;
                }
            }

            for (var node = 0; node < Nodes; node++)
            {
                Replicate(node, 1_000);
            }

            LookAtAll();
            Assert.True(await ReadAsync() != primary, string.Join('\n', story));

            void Replicate(int node, int by)
            {
                if (node != primary)
                {
                    // One that went astray is made anew from the new primary.
                    positions[node] = epochs[node] < epoch && positions[node] > fork ? fork : Math.Min(positions[primary], positions[node] + by);
                    epochs[node] = epoch;
                }
            }

            void Promote(int node)
            {
                if (epochs[node] != epoch)
                {
                    return;
                }

                var old = primary;
                (primary, fork) = (node, positions[node]);
                epochs[node] = ++epoch;
                // What the new primary has not is lost for everybody.
                mine = mine > fork ? null : mine;
                positions[old] = Math.Min(positions[old], fork);
                story.Add($"{node} promoted at {fork}");
                Look(node);
                Look(old);
            }

            void LookAtAll()
            {
                for (var node = 0; node < Nodes; node++)
                {
                    Look(node);
                }

                Look(primary);
                for (var node = 0; node < Nodes; node++)
                {
                    Look(node);
                }
            }

            void Look(int node)
            {
                var answer = node == primary
                    ? $"P{epoch}@{positions[node]}{(epoch > 1 ? $"/{fork}" : "")}"
                    : $"R{epochs[node]}{(random.Next(4) == 0 ? "?" : "")}@{positions[node]}";
                story.Add($"{node} seen {answer}");
                cluster.Sees(string.Join(' ', Enumerable.Range(0, Nodes).Select(n => n == node ? answer : ".")));
            }

            async Task<int> ReadAsync()
            {
                await RunAsync(connection, RouteIntent.Read);
                var node = connection.NodeName![0] - 'a';
                story.Add($"read at {node}");
                Assert.True(mine is null || positions[node] >= mine, string.Join('\n', story));
                replicaReads += mine is not null && node != primary ? 1 : 0;
                return node;
            }
        }

        Assert.True(replicaReads > 200, $"only {replicaReads} reads with something to see went to a replica");
    }

    private static async Task RunAsync(ClusterConnection connection, RouteIntent intent)
    {
        await using var command = connection.CreateCommand();
        command.Intent = intent;
        await command.ExecuteNonQueryAsync().Soon();
    }
}
