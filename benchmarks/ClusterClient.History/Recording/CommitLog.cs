using System.Globalization;
using Microsoft.Extensions.Logging;

namespace ClusterClient.History.Recording;

/// <summary>
/// Reads from the library's log which commits were cut off and what became of them. The library logs in the flow of the call that
/// commits, which is how the message is told from whose operation it is. Thread-safe.
/// </summary>
internal sealed class CommitLog(Recorder recorder) : ILoggerFactory, ILogger
{
    private const int Resolved = 26;
    private const int Unknown = 27;

    private readonly AsyncLocal<long> _operation = new();

    /// <summary>What is logged in this flow from now on belongs to this operation.</summary>
    public void Enter(long operation) => _operation.Value = operation;

    public ILogger CreateLogger(string categoryName) => this;

    public void AddProvider(ILoggerProvider provider)
    {
    }

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Debug;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        if (eventId.Id is not (Resolved or Unknown) || state is not IReadOnlyList<KeyValuePair<string, object?>> values)
        {
            return;
        }

        var now = recorder.Clock.Now;
        var outcome = eventId.Id == Unknown ? Outcome.Unknown : Value("Outcome") is "committed" ? Outcome.Committed : Outcome.NotCommitted;
        var elapsed = Convert.ToDouble(Value("Milliseconds") ?? 0, CultureInfo.InvariantCulture);
        recorder.Add(new CutCommit(_operation.Value, now - TimeSpan.FromMilliseconds(elapsed), now, outcome));

        object? Value(string name) => values.FirstOrDefault(v => v.Key == name).Value;
    }

    public void Dispose()
    {
    }
}
