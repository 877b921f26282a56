namespace Dashboard.Load;

/// <summary>One call that succeeded: open, statement, close.</summary>
internal readonly record struct Call(string Node, bool IsRead, TimeSpan Elapsed);
