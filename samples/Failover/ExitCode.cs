namespace Failover;

internal static class ExitCode
{
    public const int Fine = 0;

    /// <summary>ClusterClient lost a write or applied one twice, or the demo could not run.</summary>
    public const int Failed = 1;

    public const int Usage = 2;

    /// <summary>What a shell reports of a program that Ctrl-C ended.</summary>
    public const int Interrupted = 130;
}
