using ClusterClient.Data;

namespace ClusterClient.Tests.Fakes;

/// <summary>Every way to send something to a node, for theories over all of them.</summary>
internal sealed class CallKinds : TheoryData<string>
{
    private static readonly Dictionary<string, Func<ClusterConnection, CancellationToken, Task>> All = new()
    {
        ["non-query"] = (c, _) => Done(c.CreateCommand().ExecuteNonQuery()),
        ["scalar"] = (c, _) => Done(c.CreateCommand().ExecuteScalar()),
        ["reader"] = (c, _) => Done(c.CreateCommand().ExecuteReader()),
        ["non-query async"] = (c, t) => c.CreateCommand().ExecuteNonQueryAsync(t),
        ["scalar async"] = (c, t) => c.CreateCommand().ExecuteScalarAsync(t),
        ["reader async"] = (c, t) => c.CreateCommand().ExecuteReaderAsync(t),
        ["batch"] = (c, _) => Done(c.CreateBatch().ExecuteNonQuery()),
        ["batch scalar"] = (c, _) => Done(c.CreateBatch().ExecuteScalar()),
        ["batch reader"] = (c, _) => Done(c.CreateBatch().ExecuteReader()),
        ["batch async"] = (c, t) => c.CreateBatch().ExecuteNonQueryAsync(t),
        ["batch scalar async"] = (c, t) => c.CreateBatch().ExecuteScalarAsync(t),
        ["batch reader async"] = (c, t) => c.CreateBatch().ExecuteReaderAsync(t),
    };

    public CallKinds() => AddRange([.. All.Keys]);

    public static IEnumerable<string> Names => All.Keys;

    /// <summary>Sends it; the synchronous ones are over when this returns, or have thrown.</summary>
    public static Task Run(string kind, ClusterConnection connection, CancellationToken token = default) => All[kind](connection, token);

    private static Task Done<T>(T result)
    {
        _ = result;
        return Task.CompletedTask;
    }
}
