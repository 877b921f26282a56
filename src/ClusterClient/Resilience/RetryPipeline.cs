using Polly;
using Polly.Retry;

namespace ClusterClient.Resilience;

/// <summary>
/// The retries of one data source: Polly's retry with its exponential, jittered backoff, or the application's own pipeline, and the budget.
/// Entered only when a first attempt has failed, because to go through a pipeline costs a healthy call a tenth of its time. Thread-safe.
/// </summary>
internal sealed class RetryPipeline
{
    /// <summary>Where the pipeline finds the call that it retries.</summary>
    public static readonly ResiliencePropertyKey<RetriedCall> Call = new("ClusterClient.Call");

    private readonly RetryPolicy _policy;

    public RetryPipeline(RetryPolicy policy, RetryBudget budget, TimeProvider time, Random random)
    {
        _policy = policy;
        Budget = budget;
        Pipeline = policy.Pipeline ?? (policy.IsNone ? ResiliencePipeline.Empty : Build(policy, time, random));
    }

    /// <summary>Whether nothing is ever sent again.</summary>
    public bool IsOff => _policy.IsNone;

    public RetryBudget Budget { get; }

    public ResiliencePipeline Pipeline { get; }

    private static ResiliencePipeline Build(RetryPolicy policy, TimeProvider time, Random random)
    {
        var gate = new Lock();
        return new ResiliencePipelineBuilder { TimeProvider = time }
            .AddRetry(new RetryStrategyOptions
            {
                MaxRetryAttempts = policy.MaxRetries,
                BackoffType = DelayBackoffType.Exponential,
                UseJitter = true,
                Delay = policy.FirstDelay,
                MaxDelay = policy.MaxDelay,
                Randomizer = () =>
                {
                    // An injected Random need not be thread-safe.
                    lock (gate)
                    {
                        return random.NextDouble();
                    }
                },
                ShouldHandle = args => ValueTask.FromResult(
                    args.Outcome.Exception is not null && CallOf(args.Context).MayGoOn(args.AttemptNumber < policy.MaxRetries)),
                DelayGenerator = static args => ValueTask.FromResult<TimeSpan?>(
                    args.AttemptNumber == 0 && CallOf(args.Context).GoesElsewhere ? TimeSpan.Zero : null),
            })
            .Build();
    }

    private static RetriedCall CallOf(ResilienceContext context) => context.Properties.GetValue(Call, null!);
}
