using System.Runtime.InteropServices;
using ClusterClient.Testing;
using Failover;
using Spectre.Console;

if (DemoOptions.Parse(args) is not { } options)
{
    Console.Error.WriteLine(DemoOptions.Usage);
    return ExitCode.Usage;
}

using var stop = new CancellationTokenSource();
using var interrupted = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
using var terminated = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);
if (Console.IsOutputRedirected)
{
    AnsiConsole.Profile.Width = 120;
    AnsiConsole.Profile.Capabilities.Ansi = false;
}

try
{
    return await Demo.RunAsync(options, stop.Token);
}
catch (PostgresNotFoundException e)
{
    Console.Error.WriteLine(e.Message);
    return ExitCode.Failed;
}
catch (OperationCanceledException) when (stop.IsCancellationRequested)
{
    Console.WriteLine("Stopped before there was anything to count.");
    return ExitCode.Interrupted;
}

void Stop(PosixSignalContext signal)
{
    // The servers are ended in good order instead of with the process.
    signal.Cancel = true;
    stop.Cancel();
}
