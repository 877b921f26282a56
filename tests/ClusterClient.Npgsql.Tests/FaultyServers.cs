using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using ClusterClient.Testing;

namespace ClusterClient.Npgsql.Tests;

/// <summary>
/// A primary and a replica on which most faults can be met without harm to either: roles and databases with limits, roles that need a
/// password, and, on the replica only, TLS with a certificate that nobody trusts.
/// </summary>
public sealed class FaultyServers : IAsyncLifetime
{
    private const string Setup =
        """
        create table item (id int primary key, n int not null default 0);
        insert into item values (1), (2);
        grant all on item to app;
        create role locked login password 'right';
        create role barred login;
        create role narrow login connection limit 1;
        create role bounded login;
        alter role bounded set temp_file_limit = '64kB';
        create database closed allow_connections false;
        create database small connection limit 1;
        create database secret;
        revoke connect on database secret from public;
        """;

    // One line a value; written by the server itself, so that the files are its own.
    private const string Access =
        """
        copy (values ('host all barred 127.0.0.0/8 reject'), ('host all locked 127.0.0.0/8 scram-sha-256'),
                     ('host all all 127.0.0.0/8 trust'), ('host replication all 127.0.0.0/8 trust'))
        to program 'cat > pg_hba.conf'
        """;

    public LocalPostgres Group { get; private set; } = null!;

    public PostgresNode Primary => Group["eu-1"];

    public PostgresNode Replica => Group["eu-2"];

    public async Task InitializeAsync()
    {
        Group = await LocalPostgres.StartAsync(b => b.Region("eu", 2));
        foreach (var statement in Setup.Split(';', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            await Primary.ExecuteAsync(statement);
        }

        await Primary.ExecuteAsync(Access);
        await Primary.ConfigureAsync("log_min_messages", "error");
        await EncryptAsync(Replica);
        await Group.WaitForReplicationAsync();
    }

    public async Task DisposeAsync() => await Group.DisposeAsync();

    private static async Task EncryptAsync(PostgresNode node)
    {
        using var key = RSA.Create(2048);
        var request = new CertificateRequest("CN=nobody", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        using var certificate = request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
        await WriteAsync("server.crt", certificate.ExportCertificatePem());
        await WriteAsync("server.key", key.ExportPkcs8PrivateKeyPem());
        await node.ConfigureAsync("ssl", "on");

        Task WriteAsync(string file, string pem) => node.ExecuteAsync(
            $"copy (values {string.Join(',', pem.Split('\n').Select(line => $"('{line}')"))}) to program 'umask 077; cat > {file}'");
    }
}
