namespace ClusterClient.Testing;

/// <summary>This machine has no PostgreSQL server to start; the message says where it was looked for and how to install
/// it.</summary>
/// <threadsafety>Immutable.</threadsafety>
public sealed class PostgresNotFoundException : Exception
{
    /// <summary>Creates the exception.</summary>
    /// <param name="message">What is missing and what to do about it, in one line.</param>
    public PostgresNotFoundException(string message)
        : base(message)
    {
    }
}
