namespace ClusterClient.Benchmarks.Reads;

/// <summary>One read as its caller saw it: opened, asked, closed.</summary>
/// <param name="EndedAt">A timestamp.</param>
/// <param name="Milliseconds">What it took.</param>
/// <param name="Node">Who answered; null when it failed before there was anybody.</param>
/// <param name="HasFailed">Whether it ended in an exception.</param>
internal readonly record struct Read(long EndedAt, double Milliseconds, string? Node, bool HasFailed);
