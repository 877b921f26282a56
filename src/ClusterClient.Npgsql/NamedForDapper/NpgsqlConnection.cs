using ClusterClient.Data;

namespace ClusterClient.Npgsql.NamedForDapper;

/// <summary>
/// The cluster's connection under the driver's class name. Dapper looks at nothing but that name to decide whether arrays can be
/// parameters; under any other it expands them into lists, which PostgreSQL then refuses.
/// </summary>
internal sealed class NpgsqlConnection(ConnectionOrigin origin) : ClusterConnection(origin);
