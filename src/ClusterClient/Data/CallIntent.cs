using ClusterClient.Routing;

namespace ClusterClient.Data;

/// <summary>What a command or batch says of itself, in two bytes: every one has it.</summary>
internal struct CallIntent
{
    // One more than the intent; 0 where it says nothing.
    private byte _intent;
    private bool _isReadOnly;

    public RouteIntent? Intent
    {
        readonly get => _intent == 0 ? null : (RouteIntent)(_intent - 1);
        set => _intent = value switch
        {
            null => 0,
            RouteIntent.Write or RouteIntent.Read => (byte)(1 + (int)value),
            _ => throw new ArgumentOutOfRangeException(nameof(value), value, "A command writes or reads; null leaves it to its connection."),
        };
    }

    public bool IsReadOnly
    {
        readonly get => _isReadOnly || Intent == RouteIntent.Read;
        set => _isReadOnly = value;
    }
}
