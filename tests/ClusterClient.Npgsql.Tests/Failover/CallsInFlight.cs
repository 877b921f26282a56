using ClusterClient.Data;

namespace ClusterClient.Npgsql.Tests.Failover;

/// <summary>Every kind of call, started on healthy replicas and left in flight, for a fault to come under all of them at once.</summary>
internal sealed class CallsInFlight : IAsyncDisposable
{
    private const string Endless = "SELECT generate_series(1, 100000000), repeat('x', 1000)";
    private readonly List<IAsyncDisposable> _held = [];
    private readonly Dictionary<string, Func<Task>> _onFault = [];

    /// <summary>The calls that run, by what they are.</summary>
    public Dictionary<string, Task> Running { get; } = [];

    public static async Task<CallsInFlight> StartAsync(Scenario s)
    {
        var calls = new CallsInFlight();
        await calls.SleepAsync(s, "command, async", c => c.ExecuteNonQueryAsync());
        await calls.SleepAsync(s, "command, sync", c => Blocking(() => c.ExecuteNonQuery()));
        await calls.SleepAsync(s, "command in a transaction, async", c => c.ExecuteScalarAsync(), inTransaction: true);
        await calls.SleepAsync(s, "command in a transaction, sync", c => Blocking(() => c.ExecuteScalar()), inTransaction: true);
        await calls.ReadAsync(s, "reader, async", async: true);
        await calls.ReadAsync(s, "reader, sync", async: false);
        await calls.BeginAsync(s, "commit, async", t => t.CommitAsync());
        await calls.BeginAsync(s, "commit, sync", t => Blocking(t.Commit));
        return calls;
    }

    /// <summary>What can only hang once the fault is there.</summary>
    public void Strike()
    {
        foreach (var (name, start) in _onFault)
        {
            Running.Add(name, start());
        }
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var held in _held)
        {
            await held.DisposeAsync();
        }
    }

    public static Task Blocking(Action call) =>
        Task.Factory.StartNew(call, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);

    private async Task SleepAsync(Scenario s, string name, Func<ClusterCommand, Task> run, bool inTransaction = false)
    {
        var (db, command) = await CommandAsync(s, $"SELECT pg_sleep(600) /* {name} */");
        if (inTransaction)
        {
            command.Transaction = await db.BeginTransactionAsync();
        }

        Running.Add(name, run(command));
        await s.UntilRunningAsync(db.NodeName!, name);
    }

    private async Task ReadAsync(Scenario s, string name, bool async)
    {
        var (_, command) = await CommandAsync(s, Endless);
        var reader = async ? await command.ExecuteReaderAsync() : command.ExecuteReader();
        Assert.True(async ? await reader.ReadAsync() : reader.Read());
        // What has arrived already can be read for a while yet.
        _onFault.Add(name, () => async
            ? Task.Run(async () =>
            {
                while (await reader.ReadAsync())
                {
                }
            })
            : Blocking(() =>
            {
                while (reader.Read())
                {
                }
            }));
    }

    private async Task BeginAsync(Scenario s, string name, Func<ClusterTransaction, Task> end)
    {
        var (db, command) = await CommandAsync(s, "SELECT 1");
        var transaction = await db.BeginTransactionAsync();
        command.Transaction = transaction;
        await command.ExecuteScalarAsync();
        _onFault.Add(name, () => end(transaction));
    }

    private async Task<(ClusterConnection Db, ClusterCommand Command)> CommandAsync(Scenario s, string text)
    {
        var db = await s.Orders.Reads.OpenConnectionAsync();
        _held.Add(db);
        Assert.NotEqual("eu-1", db.NodeName);
        var command = db.CreateCommand();
        command.CommandText = text;
        return (db, command);
    }
}
