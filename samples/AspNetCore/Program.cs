using System.Globalization;
using AspNetCore;
using ClusterClient;
using Microsoft.AspNetCore.Diagnostics.HealthChecks;
using Microsoft.EntityFrameworkCore;
using OpenTelemetry;
using OpenTelemetry.Metrics;
using OpenTelemetry.Trace;

if (args.Length > 1 || !ushort.TryParse(args.FirstOrDefault("0"), CultureInfo.InvariantCulture, out var port))
{
    Console.Error.WriteLine("AspNetCore [port]");
    return 2;
}

// In earnest the nodes stand in appsettings.json, beside where this process runs; these are started to play with.
await using var servers = await PlaygroundServers.StartAsync();
var builder = WebApplication.CreateBuilder(new WebApplicationOptions { ContentRootPath = AppContext.BaseDirectory });
builder.Configuration.AddInMemoryCollection(servers.Nodes("Databases:Orders"));
builder.WebHost.UseUrls($"http://127.0.0.1:{port}");

builder.Services.AddClusterDataSource("orders", builder.Configuration.GetSection("Databases:Orders"), c => c.UseNpgsql());
builder.Services.AddDbContextPool<OrdersContext>((services, options) =>
    options.UseCluster(services, "orders", (o, cluster) => o.UseNpgsql(cluster)));
builder.Services.AddHealthChecks().AddCluster("orders");
var telemetry = builder.Services.AddOpenTelemetry()
    .WithTracing(t => t.AddAspNetCoreInstrumentation().AddClusterClientInstrumentation().AddSource("Npgsql"))
    .WithMetrics(m => m.AddAspNetCoreInstrumentation().AddClusterClientInstrumentation().AddMeter("Npgsql"));
if (builder.Configuration["OTEL_EXPORTER_OTLP_ENDPOINT"] is not null)
    telemetry.UseOtlpExporter();

var app = builder.Build();
app.MapHealthChecks("/health", new HealthCheckOptions { ResponseWriter = HealthReports.WriteAsync });
servers.MapFaults(app);

// A write goes to the primary, wherever it is. While there is none, the request waits instead of failing.
app.MapPost("/orders", async (NewOrder order, OrdersContext db, CancellationToken stop) =>
{
    var added = db.Orders.Add(new() { Item = order.Item }).Entity;
    await db.SaveChangesAsync(stop);
    return TypedResults.Created($"/orders/{added.Id}", added);
});

// A reader who has just written asks the primary; everybody else is as well served by a replica.
app.MapGet("/orders/{id:int}", async (int id, OrdersContext db, CancellationToken stop) =>
    await db.Orders.FindAsync([id], stop) is { } order ? Results.Ok(order) : Results.NotFound());
app.MapGet("/orders", (OrdersContext db, CancellationToken stop) =>
    db.Orders.OnReplica().OrderByDescending(o => o.Id).Take(20).ToListAsync(stop));

await using (var scope = app.Services.CreateAsyncScope())
    await scope.ServiceProvider.GetRequiredService<OrdersContext>().Database.EnsureCreatedAsync();
await app.StartAsync();
Console.WriteLine($"Orders are taken at {app.Urls.Single()}/orders; Ctrl-C ends it and its servers.");
await app.WaitForShutdownAsync();
return 0;
