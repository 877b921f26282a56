using System.Globalization;
using Spectre.Console;

namespace Failover;

internal sealed record DemoOptions
{
    public const string Usage = """
        Failover [--seconds-per-phase <5-60>] [--plain] [--explain] [--shared-source]
          --seconds-per-phase  how long a fault may last before whoever has not recovered counts as such (default 20)
          --plain              a line a second instead of the live table; the default when the output is no terminal
          --explain            why each node is chosen or not, from the start; on a terminal, the key e shows and hides it
          --shared-source      Npgsql with one data source for writing and reading instead of one for each
        """;

    public TimeSpan PhaseLimit { get; init; } = TimeSpan.FromSeconds(20);

    public bool IsPlain { get; init; } = Console.IsOutputRedirected || !AnsiConsole.Profile.Capabilities.Ansi;

    public bool HasSharedSource { get; init; }

    public bool Explains { get; init; }

    /// <summary>Null when there is something that it does not understand.</summary>
    public static DemoOptions? Parse(ReadOnlySpan<string> args)
    {
        var options = new DemoOptions();
        while (!args.IsEmpty)
        {
            switch (args)
            {
                case ["--plain", ..]:
                    options = options with { IsPlain = true };
                    args = args[1..];
                    break;
                case ["--explain", ..]:
                    options = options with { Explains = true };
                    args = args[1..];
                    break;
                case ["--shared-source", ..]:
                    options = options with { HasSharedSource = true };
                    args = args[1..];
                    break;
                case ["--seconds-per-phase", var text, ..]
                    when int.TryParse(text, CultureInfo.InvariantCulture, out var seconds) && seconds is >= 5 and <= 60:
                    options = options with { PhaseLimit = TimeSpan.FromSeconds(seconds) };
                    args = args[2..];
                    break;
                default:
                    return null;
            }
        }

        return options;
    }
}
