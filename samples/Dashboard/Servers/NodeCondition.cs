namespace Dashboard.Servers;

/// <summary>What was done to a server and still lasts. Immutable.</summary>
internal sealed record NodeCondition(bool IsHung = false, bool IsCut = false, bool IsReplayPaused = false)
{
    public string? InWords(bool isRunning)
    {
        string?[] words = [isRunning ? null : "stopped", IsHung ? "hung" : null, IsCut ? "link cut" : null, IsReplayPaused ? "replay paused" : null];
        var lasting = string.Join(", ", words.Where(word => word is not null));
        return lasting.Length == 0 ? null : lasting;
    }
}
