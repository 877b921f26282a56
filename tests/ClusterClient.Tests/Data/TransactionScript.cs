using ClusterClient.Consistency;
using ClusterClient.Data;
using ClusterClient.Resilience;
using ClusterClient.Tests.Fakes;

namespace ClusterClient.Tests.Data;

/// <summary>Transactions as a whole on one server in memory, in either manner, with what reached it.</summary>
internal sealed class TransactionScript : IAsyncDisposable
{
    public const string Insert = "INSERT INTO t VALUES (1)";

    private static readonly TimeSpan Step = TimeSpan.FromMilliseconds(10);

    private readonly Queue<(string Text, Func<Task> Meets)> _meets = new();

    public TransactionScript(RetryPolicy? retry = null, CommitResolution resolution = CommitResolution.ByTransactionId, TimeSpan? failoverTimeout = null)
    {
        Cluster = new FakeCluster(
            2, failoverTimeout, retry: retry ?? RetryPolicy.Default with { BudgetPerSecond = 1_000 }, commits: Commits, resolution: resolution).Sees("P1@9 R1@9");
        foreach (var server in Cluster.Servers)
        {
            server.HearsTokens = true;
            server.OnStatement = text =>
            {
                lock (_meets)
                {
                    return _meets.Count > 0 && text.Contains(_meets.Peek().Text, StringComparison.Ordinal) ? _meets.Dequeue().Meets() : Task.CompletedTask;
                }
            };
        }
    }

    public FakeCluster Cluster { get; }

    public ScriptedCommits Commits { get; } = new();

    /// <summary>Whether the primary is there whenever the monitor looks; otherwise the test says when.</summary>
    public bool IsMonitored { get; set; } = true;

    /// <summary>How many times the delegate was begun.</summary>
    public int Runs { get; private set; }

    /// <summary>What reached the primary, without what the library asks for itself.</summary>
    public string Log => string.Join(' ', Cluster.Servers[0].Log.Select(t => t.StartsWith("INSERT", StringComparison.Ordinal) ? "INSERT" : t));

    /// <summary>The next statement with this text meets this; those before it must have come.</summary>
    public TransactionScript Meets(string text, Func<Task> meets)
    {
        _meets.Enqueue((text, meets));
        return this;
    }

    /// <inheritdoc cref="Meets(string, Func{Task})"/>
    public TransactionScript Meets(string text, params Exception[] faults)
    {
        foreach (var fault in faults)
        {
            Meets(text, () => Task.FromException(fault));
        }

        return this;
    }

    public static async Task ExecuteAsync(ClusterConnection db, bool async, string text = Insert, CancellationToken token = default)
    {
        await using var command = db.CreateCommand();
        command.CommandText = text;
        if (async)
        {
            await command.ExecuteNonQueryAsync(token);
        }
        else
        {
            command.ExecuteNonQuery();
        }
    }

    public Task<int> InsertAsync(bool async, TransactionSettings? settings = null, CancellationToken token = default) =>
        RunAsync(async, (db, _, ct) => ExecuteAsync(db, async, token: ct), settings, token);

    /// <summary>Lets the clock run until it has ended; returns how many times the delegate was begun by then.</summary>
    public async Task<int> RunAsync(
        bool async,
        Func<ClusterConnection, TransactionAttempt, CancellationToken, Task> work,
        TransactionSettings? settings = null,
        CancellationToken token = default,
        ClusterDataSourceView? view = null)
    {
        view ??= Cluster.Writes;
        var running = async
            ? view.ExecuteInTransactionAsync((db, attempt, ct) => CountedAsync(db, attempt, ct), settings, token)
            : Task.Factory.StartNew(
                () => view.ExecuteInTransaction((db, attempt) => CountedAsync(db, attempt, CancellationToken.None).GetAwaiter().GetResult(), settings),
                CancellationToken.None,
                TaskCreationOptions.LongRunning,
                TaskScheduler.Default);
        await Until.TrueAsync(Cluster.Clock, Step, TimeSpan.FromSeconds(90), () =>
        {
            // The monitor looks again at a node that came into question.
            if (IsMonitored && Cluster.Monitor.Current.Nodes[0].IsDoubted)
            {
                Cluster.Sees("P1@9 R1@9");
            }

            return running.IsCompleted;
        });
        return await running;

        async Task<int> CountedAsync(ClusterConnection db, TransactionAttempt attempt, CancellationToken ct)
        {
            Runs++;
            Assert.Equal(Runs, attempt.Number);
            await work(db, attempt, ct);
            return Runs;
        }
    }

    public void AssertNothingLeft()
    {
        Assert.All(Cluster.Nodes, n => Assert.Equal((0, 0), (n.State.InFlight, n.State.Connections)));
        Assert.All(Cluster.Servers.SelectMany(s => s.Connections), c => Assert.True(c.IsDisposed));
        Assert.Empty(Cluster.Nodes.SelectMany(n => n.Open.Snapshot()));
        // What a cancelled call armed runs out by itself. The monitor has one look at each node out.
        Cluster.Clock.Advance(TimeSpan.FromSeconds(3));
        Assert.InRange(Cluster.Clock.ArmedTimers, 0, Cluster.Nodes.Length);
    }

    public ValueTask DisposeAsync() => Cluster.DisposeAsync();
}
