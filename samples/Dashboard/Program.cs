using ClusterClient.Testing;
using Dashboard;

if (DashboardOptions.Parse(args) is not { } options)
{
    Console.Error.WriteLine(DashboardOptions.Usage);
    return 2;
}

try
{
    await using var site = await Site.StartAsync(options);
    Console.WriteLine($"The dashboard is at {site.Url}; Ctrl-C ends it and its servers.");
    await site.WaitForShutdownAsync();
    return 0;
}
catch (Exception e) when (e is PostgresNotFoundException or IOException)
{
    // No servers to show, or a port that is taken.
    Console.Error.WriteLine(e.Message);
    return 1;
}
