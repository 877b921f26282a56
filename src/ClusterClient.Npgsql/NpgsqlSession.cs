using Npgsql;

namespace ClusterClient.Npgsql;

/// <summary>
/// What is known of one physical connection for as long as that stands: which run of the server it is to, and whether it keeps the library's own
/// statements prepared. For one caller at a time, like the connection.
/// </summary>
/// <remarks>
/// Only of one that leads straight to a session of the server, whose number it was greeted with is that session's own. Behind a pooler that gives each
/// transaction another session, those may be of different runs, and prepared statements are somewhere else: there nothing is remembered.
/// </remarks>
internal sealed class NpgsqlSession
{
    // Checking and preparing take a round trip each, and afterwards every return to the pool takes longer, which runs a longer script then: that
    // pays where one user runs many transactions, and not where each takes the connection and gives it back.
    private const int ManyInARow = 8;

    private NpgsqlConnection? _user;
    private int _inARow;
    private bool _isUnanswered;
    private bool _isRefused;

    /// <summary>Null until it is known and will stay so.</summary>
    public string? Run { get; private set; }

    /// <summary>Null until it was asked for.</summary>
    public bool? IsDirect { get; private set; }

    /// <summary>Whether it is time to ask, for that alone.</summary>
    public bool IsWorthAsking => IsDirect is null && _inARow >= ManyInARow;

    /// <summary>What a row of the session says about itself, read on a server that accepts writes: there a run stays what it is.</summary>
    /// <param name="greetedWith">The number that the connection was told when it was made.</param>
    /// <param name="session">The number that the session has.</param>
    /// <param name="run">The run; null for what was not asked for.</param>
    public void Learn(int greetedWith, int session, string? run)
    {
        IsDirect = session == greetedWith;
        Run = IsDirect.Value ? run : null;
    }

    /// <summary>Asked once per transaction: whether the library's own statement in it is to be prepared.</summary>
    public bool Prepares(NpgsqlConnection connection)
    {
        if (!ReferenceEquals(_user, connection))
        {
            (_user, _inARow) = (connection, 0);
        }

        // What did not come back last time may be gone there, by the application's DEALLOCATE or DISCARD.
        _isRefused |= _isUnanswered;
        _inARow++;
        return _isUnanswered = IsDirect == true && _inARow > ManyInARow && !_isRefused;
    }

    /// <summary>What was prepared has run.</summary>
    public void Ran() => _isUnanswered = false;
}
