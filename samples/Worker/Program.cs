using ClusterClient;
using ClusterClient.Testing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Worker;

const int Jobs = 1500;

// Two servers to play with; commits wait for the standby, so that a failover loses none. Nothing forbids a job to be done twice.
await using var servers = await LocalPostgres.StartAsync(g => g.Region("eu", nodes: 2).Synchronous("*").Sql($"""
    CREATE TABLE jobs (id int PRIMARY KEY);
    CREATE TABLE results (job int, consumer int);
    INSERT INTO jobs SELECT generate_series(1, {Jobs});
    """));

var builder = Host.CreateApplicationBuilder();
builder.Logging.AddSimpleConsole(o => (o.SingleLine, o.TimestampFormat) = (true, "HH:mm:ss.fff "));
builder.Services.AddSingleton(servers);
builder.Services.AddSingleton(services =>
{
    var cluster = new ClusterDataSourceBuilder("orders")
        .UseNpgsql(servers.ConnectionString)
        .LocatedIn("eu")
        .UseLoggerFactory(services.GetRequiredService<ILoggerFactory>());
    foreach (var node in servers.Nodes)
        cluster.AddNode(node.Endpoint, node.Region, name: node.Name);
    return cluster.Build();
});
builder.Services.AddHostedService<JobConsumers>();
builder.Services.AddHostedService<Trouble>();

using var host = builder.Build();
await host.StartAsync();
await host.WaitForShutdownAsync();

// What the servers say in the end, not what the consumers believe.
var done = await servers.Primary.ExecuteAsync("SELECT count(*) FROM results");
var distinct = await servers.Primary.ExecuteAsync("SELECT count(DISTINCT job) FROM results");
var failovers = await servers.Primary.ExecuteAsync("SELECT timeline_id - 1 FROM pg_control_checkpoint()");
var isRight = done == $"{Jobs}" && distinct == done;
Console.WriteLine(isRight
    ? $"{Jobs} jobs, each done once, through {failovers} failovers"
    : $"{Jobs} jobs, but {distinct} were done, and {done} results are there");
return isRight ? 0 : 1;
