using ClusterClient.Health.Patterns;

namespace ClusterClient.Tests.Health.Patterns;

/// <summary>Weeks of one node's load, minute by minute, within milliseconds.</summary>
internal sealed class VirtualWeeks(Func<int, double> rate, int firstHour = 490_000)
{
    /// <summary>What every request takes, in µs.</summary>
    public const int Service = 2_000;

    private int _hour = firstHour;

    public NodePattern Pattern { get; } = new();

    /// <summary>The next hour that comes.</summary>
    public int Hour => _hour;

    public NodePrior Prior => Pattern.Prior(_hour);

    public VirtualWeeks Weeks(double count) => Hours((int)(count * HourOfWeek.Count));

    public VirtualWeeks Hours(int count)
    {
        for (var end = _hour + count; _hour < end; _hour++)
        {
            Minutes(60);
        }

        return this;
    }

    /// <summary>A part of the hour that comes; what follows is that hour still.</summary>
    public VirtualWeeks Minutes(int count)
    {
        var requests = (long)Math.Round(rate(_hour) * 60);
        for (var minute = 0; minute < count; minute++)
        {
            Pattern.Add(_hour, 60, requests, requests * Service);
        }

        return this;
    }

    /// <summary>Time in which the process does not run.</summary>
    public VirtualWeeks Off(int hours)
    {
        _hour += hours;
        return this;
    }
}
