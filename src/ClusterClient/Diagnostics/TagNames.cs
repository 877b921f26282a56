namespace ClusterClient.Diagnostics;

/// <summary>The names of tags: OpenTelemetry's where there is one (semantic conventions 1.44, database), otherwise this library's own.</summary>
internal static class TagNames
{
    public const string Cluster = "clusterclient.cluster";
    public const string Node = "clusterclient.node";
    public const string Region = "clusterclient.region";
    public const string Role = "clusterclient.role";
    public const string Epoch = "clusterclient.epoch";
    public const string Intent = "clusterclient.intent";
    public const string Reason = "clusterclient.reason";
    public const string Outcome = "clusterclient.outcome";
    public const string Fault = "clusterclient.fault";
    public const string Attempt = "clusterclient.attempt";
    public const string LastNode = "clusterclient.last_node";
    public const string FirstNode = "clusterclient.first_node";
    public const string Remaining = "clusterclient.deadline.remaining";
    public const string Explanation = "clusterclient.explanation";
    public const string State = "clusterclient.state";
    public const string Status = "clusterclient.status";
    public const string Certainty = "clusterclient.certainty";

    public const string System = "db.system.name";
    public const string Namespace = "db.namespace";
    public const string ResponseStatus = "db.response.status_code";
    public const string PoolName = "db.client.connection.pool.name";
    public const string ConnectionState = "db.client.connection.state";
    public const string ServerAddress = "server.address";
    public const string ServerPort = "server.port";
    public const string ErrorType = "error.type";
}
