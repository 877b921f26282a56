using Polly;
using Polly.Hedging;

namespace ClusterClient.Resilience;

/// <summary>
/// The hedging of one data source: Polly's strategy, which waits, asks for the second attempt and races the two, and what is known of how
/// long reads take. Entered only by reads that are to be hedged. Thread-safe.
/// </summary>
/// <remarks>
/// Polly awaits a loser before it returns, and cancels it on the winner's thread, where a driver may block until a hung server has heard of
/// it. So the attempts it sees end with the race; the driver's calls are cancelled, and waited for, behind the scenes by those who race.
/// </remarks>
internal sealed class HedgePipeline(HedgingPolicy policy, RetryBudget budget, TimeProvider time)
{
    private static readonly ResiliencePropertyKey<HedgeableCall> Call = new("ClusterClient.HedgeableCall");

    private readonly ResiliencePipeline<RacingAttempt> _pipeline = Build(time);

    public HedgingPolicy Policy => policy;

    public RetryBudget Budget => budget;

    /// <summary>How long the data source's hedgeable reads take: not each node's, or one that freezes would have its freezes in its own.</summary>
    public LatencyQuantile Latency { get; } = new(policy.Quantile);

    /// <summary>The hedgeable reads of the last ten seconds.</summary>
    public RecentCount Reads { get; } = new();

    /// <summary>A hedgeable read was answered.</summary>
    /// <param name="now">The present time, in µs.</param>
    /// <param name="latency">How long its first attempt took, or has taken up to now, in µs.</param>
    public void Answered(long now, long latency)
    {
        Latency.Add(latency);
        Reads.Add(now);
    }

    /// <summary>Waits for the attempt that decides, which is returned.</summary>
    public async ValueTask<RacingAttempt> RaceAsync(HedgeableCall call, RacingAttempt first)
    {
        // The caller's own cancellation reaches the attempts themselves.
        var context = ResilienceContextPool.Shared.Get(CancellationToken.None);
        context.Properties.Set(Call, call);
        try
        {
            return await _pipeline.ExecuteAsync(
                static (context, first) => first.EndAsync(context.CancellationToken), context, first).ConfigureAwait(false);
        }
        finally
        {
            ResilienceContextPool.Shared.Return(context);
        }
    }

    private static ResiliencePipeline<RacingAttempt> Build(TimeProvider time) =>
        new ResiliencePipelineBuilder<RacingAttempt> { TimeProvider = time }
            .AddHedging(new HedgingStrategyOptions<RacingAttempt>
            {
                MaxHedgedAttempts = 1,
                DelayGenerator = static args => ValueTask.FromResult(CallOf(args.Context).Delay),
                ActionGenerator = static args => CallOf(args.PrimaryContext).TryHedge() is { } hedge ? Until(hedge, args.ActionContext) : null,
                ShouldHandle = static args => ValueTask.FromResult(args.Outcome.Result is { Decides: false }),
            })
            .Build();

    private static Func<ValueTask<Outcome<RacingAttempt>>> Until(RacingAttempt hedge, ResilienceContext context) =>
        async () => Outcome.FromResult(await hedge.EndAsync(context.CancellationToken).ConfigureAwait(false));

    private static HedgeableCall CallOf(ResilienceContext context) => context.Properties.GetValue(Call, null!);
}
