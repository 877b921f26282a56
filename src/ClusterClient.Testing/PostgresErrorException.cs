namespace ClusterClient.Testing;

/// <summary>A server answered a statement of <see cref="PostgresNode"/> with an error.</summary>
/// <threadsafety>Immutable.</threadsafety>
public sealed class PostgresErrorException : Exception
{
    /// <summary>Creates the exception.</summary>
    /// <param name="sqlState">The five characters of the SQLSTATE, such as <c>25006</c>.</param>
    /// <param name="message">The server's own words.</param>
    public PostgresErrorException(string sqlState, string message)
        : base($"{sqlState}: {message}") => SqlState = sqlState;

    /// <summary>The five characters of the SQLSTATE, such as <c>25006</c>.</summary>
    public string SqlState { get; }
}
