namespace ClusterClient.Npgsql;

/// <summary>
/// What is known of one physical connection for as long as that stands: which run of the server it is to. For one caller at a time, like the
/// connection.
/// </summary>
/// <remarks>
/// Only of one that leads straight to a session of the server, whose number it was greeted with is that session's own. Behind a pooler that gives each
/// transaction another session, those may be of different runs: there nothing is remembered.
/// </remarks>
internal sealed class NpgsqlSession
{
    /// <summary>Null until it is known and will stay so.</summary>
    public string? Run { get; private set; }

    /// <summary>What a row of the session says about itself, read on a server that accepts writes: there a run stays what it is.</summary>
    /// <param name="greetedWith">The number that the connection was told when it was made.</param>
    /// <param name="session">The number that the session has.</param>
    /// <param name="run">The run.</param>
    public void Learn(int greetedWith, int session, string run) => Run = session == greetedWith ? run : null;
}
