using Microsoft.Extensions.Logging;

namespace ClusterClient.OpenTelemetry.Tests;

/// <summary>Keeps what is logged at Information and above.</summary>
internal sealed class Lines : ILoggerFactory, ILogger
{
    private readonly Collected<(LogLevel Level, EventId Event, string Text)> _lines = new();

    public IEnumerable<(LogLevel Level, EventId Event, string Text)> All => _lines;

    public void AddProvider(ILoggerProvider provider) => throw new NotSupportedException();

    public ILogger CreateLogger(string categoryName) => this;

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Information;

    public void Log<TState>(
        LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        if (IsEnabled(logLevel))
        {
            _lines.Add((logLevel, eventId, formatter(state, exception)));
        }
    }

    public void Clear() => _lines.Clear();

    public void Dispose()
    {
    }

    public override string ToString() => string.Join('\n', All.Select(l => $"{l.Level} {l.Event.Id} {l.Event.Name}: {l.Text}"));
}
