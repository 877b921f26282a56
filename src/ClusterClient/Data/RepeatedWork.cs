using System.Diagnostics;
using System.Runtime.ExceptionServices;
using ClusterClient.Diagnostics;
using ClusterClient.Resilience;
using Polly;

namespace ClusterClient.Data;

/// <summary>
/// Something whose first attempt failed in a way that it may be tried again after: a call, or a whole transaction. The pipeline's first execution of
/// it ends in that fault, so that backoff and counting begin with it; each further one is an attempt.
/// </summary>
/// <remarks>
/// Whatever a pipeline of the application's own does, nothing is done here that must not be, nor beyond the budget or the deadline: then the
/// last fault is thrown again.
/// </remarks>
/// <param name="opener">The data source's.</param>
/// <param name="first">What the first attempt ended in.</param>
/// <param name="began">When the time that it has began, in µs.</param>
/// <param name="limit">How long that is.</param>
internal abstract class RepeatedWork(ConnectionOpener opener, Exception first, long began, TimeSpan limit) : RetriedCall
{
    private bool _isFirst = true;
    private bool _isPaid;
    private Activity? _span;

    protected ConnectionOpener Opener => opener;

    protected TimeSpan Limit => limit;

    /// <summary>What the last attempt ended in.</summary>
    protected Exception LastFault { get; private set; } = first;

    /// <summary>How many attempts were begun.</summary>
    protected int Attempts { get; private set; } = 1;

    /// <summary>Whether the last fault allows another attempt.</summary>
    protected bool IsRepeatable { get; private set; } = true;

    /// <summary>What is left of its time; less than nothing when that is over.</summary>
    protected TimeSpan Remaining => limit - TimeSpan.FromMicroseconds(opener.Clock.Now - began);

    /// <summary>What speaks against another attempt now, whatever the last one met; null when nothing does.</summary>
    protected abstract string? WhyNotNow { get; }

    /// <summary>Where the last attempt was made; null for nowhere.</summary>
    protected abstract ClusterNode? LastPlace { get; }

    /// <inheritdoc/>
    public override bool MayGoOn(bool hasRetriesLeft)
    {
        if (!IsRepeatable)
        {
            return false;
        }

        var obstacle = hasRetriesLeft ? Obstacle() : $"it was sent again {Attempts - 1} times already";
        Note(obstacle);
        return obstacle is null;
    }

    /// <summary>Its time begins now.</summary>
    protected void BeginAnew() => began = opener.Clock.Now;

    protected ResilienceContext Enter(CancellationToken cancellationToken)
    {
        var context = ResilienceContextPool.Shared.Get(cancellationToken);
        context.Properties.Set(RetryPipeline.Call, this);
        return context;
    }

    /// <summary>Throws the last fault where there must be no further attempt.</summary>
    /// <returns>The attempt's span, which ends with it; null where nobody listens.</returns>
    protected Activity? BeginAttempt()
    {
        var obstacle = _isFirst || !IsRepeatable ? null : Obstacle();
        if (_isFirst || !IsRepeatable || obstacle is not null)
        {
            throw Last(obstacle);
        }

        // Until its end says otherwise: one that has succeeded, or runs yet, is not made a second time.
        IsRepeatable = false;
        Attempts++;
        _isPaid = false;
        var fault = opener.Classify(LastFault);
        var kind = fault.Kind.ToString();
        Log.Retried(opener.Logger, opener.Cluster, kind, LastPlace?.Endpoint.Name ?? "no node", Attempts);
        opener.Meter?.Retried(LastPlace?.Index ?? -1, kind);
        _span = ClusterSpans.Retry(opener, Attempts, kind, LastPlace, Remaining);
        if (_span is null)
        {
            // Whoever takes traces without this library's own still sees it.
            Activity.Current?.AddEvent(new(ClusterActivity.Retry, tags: new()
            {
                [TagNames.Attempt] = Attempts,
                [TagNames.Fault] = kind,
                [TagNames.Node] = LastPlace?.Endpoint.Name,
            }));
        }

        return _span;
    }

    /// <summary>An attempt ended in this.</summary>
    protected void Ended(Exception fault, bool isRepeatable)
    {
        LastFault = fault;
        _span.Fails(fault);
        IsRepeatable = isRepeatable;
        if (isRepeatable && Remaining <= TimeSpan.Zero)
        {
            // A pipeline need not ask: its token is cancelled by then.
            IsRepeatable = false;
            Note("its time is up");
        }
    }

    /// <summary>Throws the last fault again.</summary>
    protected Exception Last(string? notRetried)
    {
        Note(notRetried);
        _isFirst = false;
        // With the stack of the attempt that it comes from.
        ExceptionDispatchInfo.Throw(LastFault);
        return LastFault;
    }

    protected static TimeSpan Max(TimeSpan time) => time > TimeSpan.Zero ? time : TimeSpan.Zero;

    private string? Obstacle() =>
        Remaining <= TimeSpan.Zero ? "its time is up"
        : WhyNotNow is { } why ? why
        : !Pays() ? "the retry budget is spent"
        : null;

    private bool Pays() => _isPaid = _isPaid || opener.Retries.Budget.TryRetry(opener.Clock.Now);

    private void Note(string? notRetried)
    {
        if (notRetried is not null && CallFault.Of(LastFault) is { NotRetried: null } known)
        {
            (known with { NotRetried = notRetried }).AttachTo(LastFault);
        }
    }
}
