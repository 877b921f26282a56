using System.Diagnostics;

namespace Failover;

/// <summary>What happens, in sentences, for whoever watches.</summary>
internal sealed class Story(bool isPrinted)
{
    private const int Kept = 9;

    private readonly Lock _gate = new();
    private readonly Queue<string> _lines = new();
    private readonly long _start = Stopwatch.GetTimestamp();

    /// <summary>Whether every line is printed as it comes; otherwise the last ones are there to be shown.</summary>
    public bool IsPrinted => isPrinted;

    public TimeSpan Elapsed => Stopwatch.GetElapsedTime(_start);

    public IReadOnlyList<string> Latest
    {
        get
        {
            lock (_gate)
                return [.. _lines];
        }
    }

    public void Tell(string who, string what)
    {
        var line = $"{Elapsed.TotalSeconds,5:0.0} s  {who,-9} {what}";
        lock (_gate)
        {
            _lines.Enqueue(line);
            while (_lines.Count > Kept)
                _lines.Dequeue();
            if (isPrinted)
                Console.WriteLine(line);
        }
    }
}
