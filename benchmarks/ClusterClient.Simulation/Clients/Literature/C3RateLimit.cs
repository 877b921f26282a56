namespace ClusterClient.Simulation.Clients.Literature;

/// <summary>
/// C3's rate control between one client and one server: a bucket of tokens, whose rate follows the rate of the answers, up along
/// a cubic curve and down by a factor, with a pause between the two. Rates are requests an interval; times in µs at the boundary
/// and, since the curve's steepness is per ms³, in ms within.
/// </summary>
internal sealed class C3RateLimit(Parameters given)
{
    private const double MostTokens = 50;
    private const double LeastRate = 1e-4;
    private readonly double _interval = given.Positive("c3-rate-interval", 20);
    private readonly double _steepness = given.Positive("c3-gamma", 4e-6);
    private readonly double _factor = given.Positive("c3-beta", 0.2);
    private readonly double _mostIncrease = given.Positive("c3-smax", 10);
    private readonly double _pauses = given.Number("c3-hysteresis", 2);
    private readonly C3AnswerRate _answers = new(given.Positive("c3-rate-interval", 20));
    private double _rate = 5;
    private double _tokens;
    private double _filledAt;
    private double _increasedAt;
    private double _decreasedAt;
    private double _rateBeforeDecrease = 10;

    public bool TryTake(long now)
    {
        var tokens = Tokens(now / 1000.0);
        if (tokens < 1)
        {
            return false;
        }

        _tokens = tokens - 1;
        _filledAt = now / 1000.0;
        return true;
    }

    public void TakeUnasked() => _tokens--;

    /// <summary>When there will be a token, if nothing takes one.</summary>
    public long NextToken(long now) => now + (long)Math.Ceiling((1 - Tokens(now / 1000.0)) * _interval / _rate * 1000);

    /// <summary>As <see cref="NextToken"/>; and then there is one, whatever rounding and shadow reads do.</summary>
    public long PromiseToken(long now)
    {
        var at = NextToken(now);
        _tokens = 1;
        _filledAt = at / 1000.0;
        return at;
    }

    public void OnAnswer(long time)
    {
        var now = time / 1000.0;
        _answers.Count(now);
        var answered = _answers.Rate;
        if (_rate < answered)
        {
            var root = now - _decreasedAt - Math.Cbrt(_rateBeforeDecrease * _factor / _steepness);
            var target = _steepness * root * root * root + _rateBeforeDecrease;
            _rate = Math.Max(LeastRate, Math.Min(target, _rate + _mostIncrease));
            _increasedAt = now;
        }
        else if (_rate > answered && now - _increasedAt > _pauses * _interval)
        {
            _rateBeforeDecrease = _rate;
            _rate = Math.Max(LeastRate, _rate * _factor);
            _decreasedAt = now;
        }
    }

    private double Tokens(double now) => Math.Min(MostTokens, _tokens + _rate / _interval * Math.Max(0, now - _filledAt));
}
