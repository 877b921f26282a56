namespace ClusterClient.Testing.Tests;

/// <summary>Starts a group, prints where it is, and never ends by itself.</summary>
internal static class Program
{
    public static async Task Main()
    {
        await using var group = await LocalPostgres.StartAsync(builder => builder.Region("eu", 2));
        group["eu-2"].Hang();
        Console.WriteLine(group.DirectoryPath);
        await Task.Delay(Timeout.Infinite);
    }
}
