using ClusterClient.History.Recording;

namespace ClusterClient.History.Workload;

/// <summary>Draws one client's operations. For that client alone.</summary>
internal sealed class OperationPlan(int client, int clients, Random random)
{
    private const int MaxAmount = 100;

    // Enough that lists stay short, few enough that clients meet at them.
    private const int ListsAtOnce = 4;
    private const int OperationsPerList = 600;

    private long _count;

    public Operation Next()
    {
        // Numbers of different clients never meet, and grow about evenly.
        var id = (_count++ * clients) + client;
        return random.Next(10) switch
        {
            < 4 => Append(id),
            < 7 => Transfer(id),
            < 9 => new() { Id = id, Client = client, Kind = OperationKind.Row, Way = OperationWay.Command },
            _ => new() { Id = id, Client = client, Kind = OperationKind.Upsert, Way = OperationWay.Command },
        };
    }

    private Operation Append(long id) => new()
    {
        Id = id,
        Client = client,
        Kind = OperationKind.Append,
        Way = OperationWay.Execute,
        List = (int)(id / OperationsPerList * ListsAtOnce) + random.Next(ListsAtOnce),
        Reads = random.Next(3) == 0,
        IsSerializable = random.Next(4) == 0,
        Label = $"append {id}",
    };

    private Operation Transfer(long id)
    {
        var from = random.Next(Schema.Accounts);
        var to = (from + 1 + random.Next(Schema.Accounts - 1)) % Schema.Accounts;
        var way = random.Next(2) == 0 ? OperationWay.Transaction : OperationWay.Execute;
        return new()
        {
            Id = id,
            Client = client,
            Kind = OperationKind.Transfer,
            Way = way,
            From = from + 1,
            To = to + 1,
            Amount = random.Next(1, MaxAmount),
            Label = way == OperationWay.Execute ? $"transfer {id}" : null,
        };
    }
}
