using Microsoft.Extensions.Logging;

namespace ClusterClient.Npgsql.Tests.Faults;

/// <summary>A log that counts how often calls were sent again, by the fault that they were sent again after. Thread-safe.</summary>
internal sealed class RetryCounter : ILoggerFactory, ILogger
{
    private const int Retried = 24;

    private int _total;
    private int _afterOverload;

    public int Total => Volatile.Read(ref _total);

    /// <summary>Those after faults of the network, or of the server's life.</summary>
    public int AfterFaults => Total - Volatile.Read(ref _afterOverload);

    public ILogger CreateLogger(string categoryName) => this;

    public void AddProvider(ILoggerProvider provider) => throw new NotSupportedException();

    public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Debug;

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        if (eventId.Id == Retried)
        {
            Interlocked.Increment(ref _total);
            if (formatter(state, exception).Contains("Overloaded", StringComparison.Ordinal))
            {
                Interlocked.Increment(ref _afterOverload);
            }
        }
    }

    public void Dispose()
    {
    }
}
