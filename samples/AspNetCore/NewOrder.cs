namespace AspNetCore;

/// <summary>What is posted.</summary>
internal sealed record NewOrder(string Item);
