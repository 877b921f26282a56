namespace Dashboard.Story;

/// <summary>A sentence of the timeline.</summary>
/// <param name="At">When it happened.</param>
/// <param name="Sentence">What, for people.</param>
/// <param name="Tone">How it is meant.</param>
/// <param name="IsSerious">Whether it is read out to those who want that.</param>
internal sealed record TimelineEntry(DateTimeOffset At, string Sentence, Tone Tone, bool IsSerious = false);
