namespace AspNetCore;

internal sealed class Order
{
    public int Id { get; init; }

    public required string Item { get; init; }
}
