using System.Data;

namespace ClusterClient.Data;

/// <summary>One execution of a command or batch: everything to start it from, again if need be.</summary>
/// <param name="Command">What is executed.</param>
/// <param name="Behavior">How its reader is to behave.</param>
/// <param name="CancellationToken">The caller's.</param>
/// <typeparam name="TCommand"><see cref="ClusterCommand"/> or <see cref="ClusterBatch"/>.</typeparam>
internal readonly record struct Execution<TCommand>(
    TCommand Command, CommandBehavior Behavior, CancellationToken CancellationToken)
    where TCommand : IRepeatable;
