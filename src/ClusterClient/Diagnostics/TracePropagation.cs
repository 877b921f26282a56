namespace ClusterClient.Diagnostics;

/// <summary>How a trace's context is given to the server, so that a slow statement in its log leads to the trace that it is from.</summary>
/// <remarks>
/// By <see cref="System.Diagnostics.DistributedContextPropagator.Current"/>, for calls in a trace that is recorded. Baggage stays here: what
/// is in it is not for a server's log.
/// </remarks>
public enum TracePropagation
{
    /// <summary>Not at all.</summary>
    Off,

    /// <summary>
    /// As a comment behind each statement, such as <c>/*traceparent='00-…-…-01'*/</c>, on a line of its own. A text of the application's is
    /// another one for each trace then: a driver's cache of texts does not find it, and what it would prepare by itself it does not. What the
    /// application prepares, and procedures by their name, go without it; of several statements in one text the last one has it.
    /// </summary>
    SqlComment,

    /// <summary>
    /// As the session's name, <c>application_name</c>, from the opening of a connection until it goes back to its pool. Texts stay as they
    /// are; opening costs a round trip more.
    /// </summary>
    ApplicationName,
}
