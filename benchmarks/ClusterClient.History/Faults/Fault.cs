using ClusterClient.Testing;

namespace ClusterClient.History.Faults;

/// <summary>Something that goes wrong in a healthy group.</summary>
internal abstract class Fault
{
    public abstract string Name { get; }

    /// <summary>Whom it hits.</summary>
    public virtual PostgresNode Victim(FaultScene scene) => scene.Primary;

    /// <summary>Lets it happen, and clears up behind it as an operator would: whoever accepts writes then is the only one.</summary>
    public abstract Task<FaultEffect> InjectAsync(PostgresNode victim, FaultScene scene);
}
