using System.Diagnostics;

namespace ClusterClient.Testing.Servers;

/// <summary>
/// Runs programs as the account that owns the servers' files: oneself, or the user postgres when oneself is root, because
/// PostgreSQL refuses to run as root. Every file of a group is made by this account, so nothing ever needs a chown.
/// </summary>
internal sealed class ServerAccount
{
    public const string UserForRoot = "postgres";

    private readonly string[] _prefix;
    private readonly string _path;

    private ServerAccount(string[] prefix, string binaries)
    {
        _prefix = prefix;
        _path = binaries + ":/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";
    }

    /// <exception cref="PostgresNotFoundException">Run as root on a machine that has no user postgres.</exception>
    public static async Task<ServerAccount> ForAsync(PostgresInstallation installation, CancellationToken ct)
    {
        var self = new ServerAccount([], installation.Folder);
        if (!Environment.IsPrivilegedProcess)
            return self;
        if ((await self.RunAsync("id", ["-u", UserForRoot], null, ct).ConfigureAwait(false)).ExitCode != 0)
        {
            throw new PostgresNotFoundException(
                $"PostgreSQL does not run as root, and there is no user '{UserForRoot}' to run it as: apt-get install postgresql");
        }

        return new ServerAccount(
            ["setpriv", $"--reuid={UserForRoot}", $"--regid={UserForRoot}", "--clear-groups", "--inh-caps=-all"],
            installation.Folder);
    }

    /// <summary>Starts a program with all three standard streams as pipes, so that none of ours is ever inherited.</summary>
    public Process Start(string program, IEnumerable<string> arguments)
    {
        string[] command = [.. _prefix, program, .. arguments];
        var start = new ProcessStartInfo(command[0], command[1..])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = "/",
        };
        var libraries = Environment.GetEnvironmentVariable("LD_LIBRARY_PATH");

        // PGHOST, PGOPTIONS and the like of a developer's shell must not reach the servers.
        start.Environment.Clear();
        start.Environment["PATH"] = _path;
        start.Environment["HOME"] = "/tmp";
        start.Environment["LC_ALL"] = "C";
        if (libraries is not null)
            start.Environment["LD_LIBRARY_PATH"] = libraries;
        return Process.Start(start) ?? throw new InvalidOperationException($"{program} did not start.");
    }

    /// <summary>Runs a program to its end.</summary>
    public async Task<CommandResult> RunAsync(
        string program, IReadOnlyList<string> arguments, string? input, CancellationToken ct)
    {
        using var process = Start(program, arguments);
        try
        {
            var output = process.StandardOutput.ReadToEndAsync(ct);
            var errors = process.StandardError.ReadToEndAsync(ct);
            if (input is not null)
                await process.StandardInput.WriteAsync(input.AsMemory(), ct).ConfigureAwait(false);
            process.StandardInput.Close();
            await process.WaitForExitAsync(ct).ConfigureAwait(false);
            var text = await output.ConfigureAwait(false) + await errors.ConfigureAwait(false);
            return new CommandResult(process.ExitCode, text.Trim());
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            throw;
        }
    }

    /// <summary>Runs a program to its end and insists on success.</summary>
    /// <exception cref="InvalidOperationException">It failed; the message holds what it printed.</exception>
    public async Task<string> RequireAsync(
        string program, IReadOnlyList<string> arguments, string? input, CancellationToken ct)
    {
        var result = await RunAsync(program, arguments, input, ct).ConfigureAwait(false);
        return result.ExitCode == 0
            ? result.Output
            : throw new InvalidOperationException(
                $"{program} {string.Join(' ', arguments)} ended with {result.ExitCode}: {result.Output}");
    }
}
