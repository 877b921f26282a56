namespace ClusterClient.Simulation.Clients;

/// <summary>
/// How one simulated client chooses servers: an instance a client, with all that this client remembers. Times are whole
/// microseconds of virtual time. What a policy may know is what it is told here: nothing of the servers but what comes back.
/// </summary>
internal abstract class ClientPolicy
{
    /// <summary>What <see cref="Choose"/> gives for a request that shall not leave yet, in the protocols whose clients have a backlog.</summary>
    public const int Hold = -1;

    /// <summary>The server for one request.</summary>
    /// <param name="group">Which of the client's replication groups it is for; the servers that may be chosen are the group's.</param>
    /// <param name="now">The present time, in µs.</param>
    public abstract int Choose(int group, long now);

    /// <summary>When to choose again for a group whose request was held; those behind it wait for it.</summary>
    public virtual long HeldUntil(int group, long now) => now;

    /// <summary>A request leaves for the server that <see cref="Choose"/> gave, or, as a shadow read, for another.</summary>
    public virtual void OnSent(int server, long now)
    {
    }

    /// <summary>Its answer is here, or the deadline has passed.</summary>
    /// <param name="server">The server that was asked.</param>
    /// <param name="sentAt">The time that <see cref="OnSent"/> was told.</param>
    /// <param name="now">The present time, in µs.</param>
    /// <param name="failed">Whether it ended in an error or at its deadline.</param>
    /// <param name="feedback">What the answer carried, for the policies of the literature that have a server's help.</param>
    public virtual void OnDone(int server, long sentAt, long now, bool failed, in ServerFeedback feedback)
    {
    }

    /// <summary>A probe of <see cref="IProber"/> is answered.</summary>
    /// <param name="server">The server that was asked.</param>
    /// <param name="now">The present time, in µs.</param>
    /// <param name="feedback">What it told.</param>
    public virtual void OnProbed(int server, long now, in ServerFeedback feedback)
    {
    }

    /// <summary>How often <see cref="OnTimer"/> wants to be called, in µs; 0 for never.</summary>
    public virtual long TimerPeriod => 0;

    /// <summary>A period has passed.</summary>
    public virtual void OnTimer(long now)
    {
    }
}
