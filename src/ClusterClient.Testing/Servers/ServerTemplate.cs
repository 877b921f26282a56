using System.Security.Cryptography;
using System.Text;

namespace ClusterClient.Testing.Servers;

/// <summary>
/// A data directory made once per server version and copied for every node afterwards: a copy takes some 30 ms where initdb
/// takes the better part of a second. All copies share the template's system identifier, as members of one group must.
/// </summary>
internal sealed class ServerTemplate(PostgresInstallation installation, ServerAccount account)
{
    // Part of the kept template's name: raise it whenever what CreateAsync makes changes.
    private const int Revision = 1;

    private const string Access = """
        host all all 127.0.0.0/8 trust
        host replication all 127.0.0.0/8 trust

        """;

    // Single-user mode takes one statement a line.
    private const string Roles = """
        create role app login in role pg_monitor;
        create database app owner app;

        """;

    private static readonly TimeSpan LockLimit = TimeSpan.FromSeconds(60);

    /// <summary>The path of the kept template, made now if this is the first time.</summary>
    public async Task<string> GetKeptAsync(CancellationToken ct)
    {
        var cache = Path.Combine(StorageRoot.Find(), $"clusterclient-pg-templates-{Environment.UserName}");

        // The shared folder is anybody's to write: refuse a cache that somebody else put there.
        await account.RequireAsync("sh", ["-c", "mkdir -p -m 700 \"$0\" && test -O \"$0\"", cache], null, ct)
            .ConfigureAwait(false);
        var version = await account.RequireAsync(installation["postgres"], ["--version"], null, ct).ConfigureAwait(false);
        var key = SHA256.HashData(Encoding.UTF8.GetBytes($"{Revision} {version} {installation.Folder}"));
        var kept = Path.Combine(cache, Convert.ToHexStringLower(key.AsSpan(0, 8)));
        if (Directory.Exists(kept))
            return kept;
        using var locked = await LockAsync(Path.Combine(cache, "lock"), ct).ConfigureAwait(false);
        if (Directory.Exists(kept))
            return kept;
        var unfinished = Path.Combine(cache, "unfinished");
        await account.RequireAsync("rm", ["-rf", unfinished], null, ct).ConfigureAwait(false);
        await CreateAsync(unfinished, ct).ConfigureAwait(false);
        Directory.Move(unfinished, kept);
        return kept;
    }

    /// <summary>Makes a template with a system identifier of its own.</summary>
    public async Task CreateAsync(string path, CancellationToken ct)
    {
        await account.RequireAsync(
            installation["initdb"],
            ["-D", path, "-U", "postgres", "--auth=trust", "--no-sync", "--encoding=UTF8", "--locale=C", "--wal-segsize=1"],
            null, ct).ConfigureAwait(false);
        await File.WriteAllTextAsync(Path.Combine(path, "pg_hba.conf"), Access, ct).ConfigureAwait(false);
        await account.RequireAsync(
            installation["postgres"], ["--single", "-F", "-D", path, "-c", "exit_on_error=on", "postgres"], Roles, ct)
            .ConfigureAwait(false);
    }

    private static async Task<FileStream> LockAsync(string file, CancellationToken ct)
    {
        FileStream? locked = null;
        await Poll.UntilAsync(
            _ =>
            {
                try
                {
                    locked = new FileStream(file, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
                }
                catch (IOException)
                {
                    // Held by another process, which is making the same template.
                }

                return ValueTask.FromResult(locked is not null);
            },
            LockLimit, () => $"Another process has held {file} for {LockLimit}.", ct).ConfigureAwait(false);
        return locked!;
    }
}
