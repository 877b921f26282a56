using System.Diagnostics;
using System.Globalization;
using System.Runtime.CompilerServices;
using ClusterClient;
using ClusterClient.Data;
using ClusterClient.Testing;
using Npgsql;

using var limit = new CancellationTokenSource(TimeSpan.FromMinutes(1));
await using var servers = await LocalPostgres.StartAsync(
    g => g.Region("eu", nodes: 3).Sql("CREATE TABLE orders (id int PRIMARY KEY)"), limit.Token);

var builder = new ClusterDataSourceBuilder("orders")
    .UseNpgsql(servers.ConnectionString)
    .LocatedIn("eu")
    .OnEvent(e => Console.WriteLine($"{e.Kind}: {e.Message}"));
foreach (var node in servers.Nodes)
    builder.AddNode(node.Endpoint, node.Region, name: node.Name);
await using var orders = builder.Build();

Console.WriteLine(RuntimeFeature.IsDynamicCodeSupported ? "Trimmed, with a compiler at run time." : "Native: no compiler at run time.");
Console.WriteLine($"order 1 on {await InsertAsync(1)}");

await servers.Primary.KillAsync();
await servers["eu-2"].PromoteAsync(limit.Token);
Console.WriteLine($"order 2 on {await InsertAsync(2)}");
await servers["eu-3"].FollowAsync(servers["eu-2"]);

var waited = await Task.Run(WaitForHungPrimary);
Console.WriteLine($"a synchronous call to a hung server was released after {waited.TotalSeconds:0.0} s");
await servers["eu-3"].PromoteAsync(limit.Token);
Console.WriteLine($"order 3 on {await InsertAsync(3)}");

await using var db = await orders.OpenConnectionAsync(limit.Token);
await using var count = db.CreateCommand();
count.CommandText = "SELECT count(*) FROM orders";
var found = Convert.ToInt64(await count.ExecuteScalarAsync(limit.Token), CultureInfo.InvariantCulture);
Console.WriteLine($"{found} of 3 orders are there");
return found == 3 && waited < TimeSpan.FromSeconds(10) ? 0 : 1;

async Task<string?> InsertAsync(int id) => await orders.ExecuteInTransactionAsync<string?>(
    async (db, ct) =>
    {
        await using var insert = db.CreateCommand();
        insert.CommandText = "INSERT INTO orders VALUES ($1)";
        insert.Parameters.Add(new NpgsqlParameter { Value = id });
        await insert.ExecuteNonQueryAsync(ct);
        return db.NodeName;
    },
    new TransactionSettings { Label = $"order {id}" },
    limit.Token);

// Nothing but the end of its socket releases a call like this one before the driver's timeout of 30 s.
TimeSpan WaitForHungPrimary()
{
    using var db = orders.OpenConnection();
    using var sleep = db.CreateCommand();
    sleep.CommandText = "SELECT pg_sleep(60)";
    servers.Primary.Hang();
    var start = Stopwatch.GetTimestamp();
    try
    {
        sleep.ExecuteNonQuery();
    }
    catch (NpgsqlException e)
    {
        Console.WriteLine($"{CallFault.Of(e)?.Fault.Kind}: {e.Message}");
    }

    return Stopwatch.GetElapsedTime(start);
}
