namespace Dashboard.Story;

/// <summary>The answer to "what is wrong?".</summary>
/// <param name="Severity">How bad it is: <see cref="Tone.Good"/>, <see cref="Tone.Warning"/> or <see cref="Tone.Bad"/>.</param>
/// <param name="Wrong">A sentence that says what is wrong.</param>
/// <param name="Consequence">A sentence that says what that means for callers, or what would help.</param>
internal sealed record Answer(Tone Severity, string Wrong, string Consequence);
