namespace ClusterClient.Testing;

/// <summary>On which side of the server's receipt of a message <see cref="FaultProxy.CutAt"/> cuts its connection.</summary>
public enum CutSide
{
    /// <summary>The server never gets the message.</summary>
    BeforeServer,

    /// <summary>The server gets it and has begun to answer; the client never gets the answer.</summary>
    AfterServer,
}
