namespace ClusterClient.EntityFrameworkCore.Tests;

/// <summary>Waits for a state.</summary>
internal static class Until
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    public static async Task TrueAsync(Func<Task<bool>> holds)
    {
        using var patience = new CancellationTokenSource(Patience);
        while (!await holds())
        {
            await Task.Delay(5, patience.Token);
        }
    }
}
