using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace ClusterClient.Tests.Fakes;

/// <summary>Keeps the ids of what was logged. Thread-safe.</summary>
internal sealed class RememberingLogger : ILogger
{
    private readonly ConcurrentQueue<int> _ids = new();

    public IReadOnlyCollection<int> Ids => _ids;

    /// <summary>What writing a line with this id does beside.</summary>
    public Action<int> OnLog { get; init; } = _ => { };

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => true;

    public void Log<TState>(
        LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        _ids.Enqueue(eventId.Id);
        OnLog(eventId.Id);
    }
}
