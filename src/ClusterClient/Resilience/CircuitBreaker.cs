using Polly;
using Polly.CircuitBreaker;

namespace ClusterClient.Resilience;

/// <summary>
/// Polly's circuit breaker as a bare state machine: whether a node is sick is decided before it is asked, by evidence that healthy
/// calls leave behind without passing through here. Thread-safe.
/// </summary>
/// <remarks>
/// <para>
/// One verdict opens it. Polly takes no fewer than two failures for evidence, so each is reported twice; what it would count itself is
/// configured away. A break lasts <c>min(base × 2^n, max, longest) × U(0.8, 1.2)</c> after n failed trials in a row.
/// </para>
/// <para>
/// What Polly 8 does that one has to know: it lets a trial through only when a call arrives, so somebody has to send one when the break
/// is over. Any outcome of a trial that is not a failure closes it, a cancellation too; so a trial here ends with a verdict or not at
/// all: one that was cancelled leaves the execution waiting for the next one's. It waits for the break's length inside its lock, and
/// reads the wall's time. Callbacks come from a queue of its own, in order.
/// </para>
/// </remarks>
internal sealed class CircuitBreaker
{
    private const int LeastFailures = 2;
    private const double Jitter = 0.2;

    private readonly CircuitBreakerManualControl _manual = new();
    private readonly ResiliencePipeline<CircuitVerdict> _pipeline;

    /// <param name="settings">For how long it opens.</param>
    /// <param name="time">Only its timestamps matter.</param>
    /// <param name="random">Drawn from by one thread at a time, and by nobody else.</param>
    /// <param name="longest">What a break may last at most when it begins, beside the settings; quick, and it waits for nothing.</param>
    /// <param name="observer">Hears of every transition.</param>
    public CircuitBreaker(CircuitSettings settings, TimeProvider time, Random random, Func<TimeSpan> longest, ICircuitObserver observer)
    {
        // Polly's queue outlives the call that comes here first.
        using var suppressed = Flow();
        _pipeline = new ResiliencePipelineBuilder<CircuitVerdict> { TimeProvider = new SteadyTime(time) }
            .AddCircuitBreaker(new CircuitBreakerStrategyOptions<CircuitVerdict>
            {
                FailureRatio = 0,
                MinimumThroughput = LeastFailures,
                ShouldHandle = static args => ValueTask.FromResult(args.Outcome.Exception is not null || args.Outcome.Result.IsSick),
                BreakDurationGenerator = args => ValueTask.FromResult(BreakAfter(args.HalfOpenAttempts, settings, longest(), random)),
                ManualControl = _manual,
                OnOpened = args =>
                {
                    if (args.IsManual)
                    {
                        observer.Isolated();
                    }
                    else
                    {
                        observer.Opened(args.BreakDuration, args.Outcome.Result.Cause);
                    }

                    return default;
                },
                OnHalfOpened = _ =>
                {
                    observer.HalfOpened();
                    return default;
                },
                OnClosed = args =>
                {
                    observer.Closed(args.IsManual ? null : args.Outcome.Result.Cause);
                    return default;
                },
            })
            .Build();
    }

    /// <summary>Opens it, unless it is isolated. Done when the observer has heard of it.</summary>
    public Task OpenAsync(CircuitVerdict verdict)
    {
        using var suppressed = Flow();
        return ReportAsync(verdict);
    }

    /// <summary>Runs the trial: half-opens the circuit, and closes or opens it again when the verdict comes, whenever that is.</summary>
    /// <returns>False when a trial is not due.</returns>
    public Task<bool> TryAsync(Task<CircuitVerdict> verdict)
    {
        using var suppressed = Flow();
        return RunAsync(verdict);
    }

    /// <summary>Keeps it open until <see cref="CloseAsync"/>. The state has changed when this returns; done when the observer has heard of it.</summary>
    public Task IsolateAsync() => _manual.IsolateAsync(CancellationToken.None);

    /// <summary>Closes it, whatever it was. The state has changed when this returns; done when the observer has heard of it.</summary>
    public Task CloseAsync() => _manual.CloseAsync(CancellationToken.None);

    internal static TimeSpan BreakAfter(int failedTrials, CircuitSettings settings, TimeSpan longest, Random random)
    {
        var most = Math.Min(settings.MaxBreakDuration.TotalSeconds, longest.TotalSeconds);
        var length = Math.Min(settings.BreakDuration.TotalSeconds * Math.Pow(2, Math.Min(failedTrials, 40)), most);
        return TimeSpan.FromSeconds(length * (1 - Jitter + (2 * Jitter * random.NextDouble())));
    }

    private async Task ReportAsync(CircuitVerdict verdict)
    {
        for (var i = 0; i < LeastFailures; i++)
        {
            await RunAsync(Task.FromResult(verdict)).ConfigureAwait(false);
        }
    }

    private async Task<bool> RunAsync(Task<CircuitVerdict> verdict)
    {
        var context = ResilienceContextPool.Shared.Get();
        var outcome = await _pipeline.ExecuteOutcomeAsync(
            static async (_, verdict) => Outcome.FromResult(await verdict.ConfigureAwait(false)), context, verdict).ConfigureAwait(false);
        ResilienceContextPool.Shared.Return(context);
        return outcome.Exception is null;
    }

    private static AsyncFlowControl Flow() => ExecutionContext.IsFlowSuppressed() ? default : ExecutionContext.SuppressFlow();
}
