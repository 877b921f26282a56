using System.Numerics;

namespace ClusterClient.Simulation.Engine;

/// <summary>
/// One coming event for each of a fixed number of things, whose time may be moved: a tournament, in which a change replays the
/// matches on its way up. Nothing overtaken is left behind. Of equal times the lowest index is first.
/// </summary>
internal sealed class Calendar
{
    private readonly double[] _times;
    private readonly int[] _winners;
    private readonly int _leaves;

    public Calendar(int count)
    {
        _leaves = (int)BitOperations.RoundUpToPowerOf2((uint)Math.Max(2, count));
        _times = new double[_leaves];
        Array.Fill(_times, double.PositiveInfinity);
        _winners = new int[_leaves];
        for (var match = _leaves - 1; match > 0; match--)
        {
            _winners[match] = Entrant(2 * match);
        }
    }

    /// <summary>Whose event is next.</summary>
    public int Next => _winners[1];

    /// <summary>When it is, or infinity.</summary>
    public double NextTime => _times[_winners[1]];

    public void Set(int index, double time)
    {
        _times[index] = time;
        for (var match = (index + _leaves) / 2; match > 0; match /= 2)
        {
            var left = Entrant(2 * match);
            var right = Entrant(2 * match + 1);
            _winners[match] = _times[right] < _times[left] ? right : left;
        }
    }

    private int Entrant(int node) => node >= _leaves ? node - _leaves : _winners[node];
}
