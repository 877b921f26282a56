using System.Collections.Concurrent;
using ClusterClient.Topology;

namespace ClusterClient.Tests.Fakes;

/// <summary>One database server in memory: the test says how it behaves, and reads what reached it. Thread-safe.</summary>
internal sealed class FakeServer
{
    private int _opens;
    private int _pools;
    private int _statements;

    /// <summary>What a new connection meets: completed to be let in, faulted to be refused, pending to hang.</summary>
    public Func<Task> OnOpen { get; set; } = () => Task.CompletedTask;

    /// <summary>What a statement, begin or commit meets.</summary>
    public Func<Task> OnExecute { get; set; } = () => Task.CompletedTask;

    /// <summary>The same by its text, such as COMMIT, instead; a rollback as well, then.</summary>
    public Func<string, Task>? OnStatement { get; set; }

    /// <summary>The texts of what reached it, while <see cref="OnStatement"/> is set.</summary>
    public ConcurrentQueue<string> Log { get; } = [];

    /// <summary>What the monitor's look meets; it hangs unless the test wants the monitor's loops.</summary>
    public Func<Task<NodeFacts>> OnLook { get; set; } = () => new TaskCompletionSource<NodeFacts>().Task;

    /// <summary>Breaks the monitor's idle connection when it completes.</summary>
    public TaskCompletionSource Broken { get; set; } = new();

    /// <summary>How many connections the node's pool may hold, as the driver tells it.</summary>
    public int? PoolLimit { get; set; }

    /// <summary>Whether an open makes a physical connection, as the driver tells it.</summary>
    public bool? WillConnect { get; set; }

    public bool CanAbort { get; set; } = true;

    /// <summary>Whether its pool has an idle connection, as the driver tells it.</summary>
    public bool? HasIdle { get; set; }

    /// <summary>Whether an asynchronous statement ends when its token is cancelled, as on a server that is well.</summary>
    public bool HearsTokens { get; set; }

    /// <summary>What the token of an asynchronous statement does when it is cancelled, like drivers that connect for it.</summary>
    public Action OnToken { get; set; } = () => { };

    /// <summary>The value of the one row that a reader brings; the server itself as long as it is null.</summary>
    public Func<object>? OnRow { get; set; }

    /// <summary>What ending a connection under its user does.</summary>
    public Action OnAbort { get; set; } = () => { };

    /// <summary>What cancelling a statement does.</summary>
    public Action OnCancel { get; set; } = () => { };

    public List<FakeConnection> Connections { get; } = [];

    public List<FakeProbe> Probes { get; } = [];

    /// <summary>Attempts to open a connection so far.</summary>
    public int Opens => Volatile.Read(ref _opens);

    /// <summary>Times that the pool was dropped.</summary>
    public int PoolClears => Volatile.Read(ref _pools);

    /// <summary>Statements, begins and commits that reached it.</summary>
    public int Statements => Volatile.Read(ref _statements);

    public void Answers(string facts) => OnLook = () => Task.FromResult(Facts.Parse(facts));

    public void Refuses(Exception with) => OnOpen = () => Task.FromException(with);

    public Task Open()
    {
        Interlocked.Increment(ref _opens);
        return OnOpen();
    }

    public Task Execute(string text = "")
    {
        Interlocked.Increment(ref _statements);
        if (OnStatement is not { } meets)
        {
            return OnExecute();
        }

        Log.Enqueue(text);
        return meets(text);
    }

    public void ClearPool() => Interlocked.Increment(ref _pools);
}
