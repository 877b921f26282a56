namespace Failover;

/// <summary>The keys that were pressed, where there is somebody to press them.</summary>
internal static class Keyboard
{
    public const ConsoleKey Explain = ConsoleKey.E;

    public static bool IsThere { get; } = !Console.IsInputRedirected && !Console.IsOutputRedirected;

    /// <summary>Whether this key was pressed since it was last asked; others are forgotten.</summary>
    public static bool Took(ConsoleKey key)
    {
        var pressed = false;
        while (IsThere && Console.KeyAvailable)
            pressed |= Console.ReadKey(intercept: true).Key == key;
        return pressed;
    }
}
