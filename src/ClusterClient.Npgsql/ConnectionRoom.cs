namespace ClusterClient.Npgsql;

/// <summary>Connections that count against one limit, and that limit: the server's, the role's or the database's.</summary>
/// <param name="Used">Connections in use.</param>
/// <param name="Limit">How many there may be; not positive when there is no limit.</param>
internal readonly record struct ConnectionRoom(int Used, int Limit)
{
    /// <summary>The one that will be used up first.</summary>
    public ConnectionRoom Tighter(ConnectionRoom other) =>
        other.Limit > 0 && (long)other.Used * Limit > (long)Used * other.Limit ? other : this;
}
