namespace ClusterClient.Data;

/// <summary>
/// A place in the line before a <see cref="ConnectGate"/>. Completed with the pause to make before connecting, or with null when the line
/// was sent away.
/// </summary>
internal sealed class ConnectPass() : TaskCompletionSource<TimeSpan?>(TaskCreationOptions.RunContinuationsAsynchronously);
