using System.Globalization;

namespace ClusterClient.Testing.Servers;

/// <summary>The folder that holds initdb, postgres, pg_rewind and pg_basebackup.</summary>
internal sealed class PostgresInstallation(string folder)
{
    public const string Variable = "CLUSTERCLIENT_POSTGRES_BIN";
    public const string PackagesRoot = "/usr/lib/postgresql";

    private static readonly string[] Programs = ["initdb", "postgres", "pg_rewind", "pg_basebackup"];

    public string Folder { get; } = folder;

    public string this[string program] => Path.Combine(Folder, program);

    public static PostgresInstallation Find() =>
        Find(Environment.GetEnvironmentVariable(Variable), Environment.GetEnvironmentVariable("PATH"), PackagesRoot);

    /// <exception cref="PostgresNotFoundException">No folder holds the servers, or the variable names one that does
    /// not.</exception>
    public static PostgresInstallation Find(string? chosen, string? path, string packagesRoot)
    {
        // A wrong choice is an error, not a reason to test silently against another version.
        if (!string.IsNullOrEmpty(chosen))
        {
            return HoldsServers(chosen)
                ? new PostgresInstallation(chosen)
                : throw new PostgresNotFoundException($"{Variable} is '{chosen}', but it does not hold {string.Join(", ", Programs)}.");
        }

        var folder = (path ?? "").Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries).FirstOrDefault(HoldsServers)
            ?? NewestPackage(packagesRoot)
            ?? throw new PostgresNotFoundException(
                $"No PostgreSQL server found in ${Variable}, PATH or {packagesRoot}/*/bin: apt-get install postgresql");
        return new PostgresInstallation(folder);
    }

    private static string? NewestPackage(string root) => !Directory.Exists(root)
        ? null
        : Directory.EnumerateDirectories(root)
            .OrderByDescending(static version => double.TryParse(
                Path.GetFileName(version), NumberStyles.Float, CultureInfo.InvariantCulture, out var number) ? number : 0)
            .Select(static version => Path.Combine(version, "bin"))
            .FirstOrDefault(HoldsServers);

    // Some machines link a few of the programs into a folder of PATH: only a folder with all of them will do.
    private static bool HoldsServers(string folder) => Programs.All(program => File.Exists(Path.Combine(folder, program)));
}
