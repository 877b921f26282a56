namespace ClusterClient.Simulation.Clients.Literature;

/// <summary>
/// Answers per interval, as C3's simulator measures them: what has come since the last interval in which one came counts as that
/// interval's, unless that is long ago. So it is an upper estimate when answers are rare, and the limit is loose.
/// </summary>
internal sealed class C3AnswerRate(double interval)
{
    private const double Weight = 0.9;
    private long _last;
    private int _count;

    public double Rate { get; private set; } = 10;

    /// <summary>An answer has come.</summary>
    public void Count(double now)
    {
        var current = (long)(now / interval);
        if (current - _last >= interval)
        {
            Rate = _count;
            (_last, _count) = (current, 0);
            return;
        }

        _count++;
        if (current > _last)
        {
            Rate += Weight * (_count - Rate);
            (_last, _count) = (current, 0);
        }
    }
}
