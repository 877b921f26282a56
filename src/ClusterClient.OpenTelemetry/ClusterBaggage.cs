using System.Diagnostics;
using ClusterClient.Data;
using ClusterClient.Resilience;
using OpenTelemetry;

namespace ClusterClient.OpenTelemetry;

/// <summary>
/// Whom a call is for, in W3C baggage: set where a request enters the system, and honoured by every service behind it that opens its
/// connections through <see cref="ClusterBaggageExtensions.FromBaggage(ClusterDataSourceView)"/>.
/// </summary>
/// <remarks>
/// Baggage travels in plain text in the headers of requests, to whomever they go, and anybody may send some: what arrives decides where and when a
/// call is served, never what it may do. Values that cannot be used are left out. Thread-safe.
/// </remarks>
public static class ClusterBaggage
{
    /// <summary>The entry with the region of the user at the head of the chain.</summary>
    public const string RegionKey = "clusterclient.region";

    /// <summary>The entry with the priority: <c>interactive</c> or <c>batch</c>.</summary>
    public const string PriorityKey = "clusterclient.priority";

    /// <summary>The entry with the key by which callers take turns at a node that is at its limit, such as a tenant's.</summary>
    public const string ShareKey = "clusterclient.key";

    private const int LongestRegion = 64;

    /// <summary>Puts it into <see cref="Baggage.Current"/>, for this call and whatever it calls. Null leaves what is there.</summary>
    /// <param name="region">The user's region, as nodes' regions are called; at most 64 characters.</param>
    /// <param name="priority">Which calls go first.</param>
    /// <param name="key">Who it is, at most 128 characters. It is sent to every service behind this one: no secret, and no name of a person's.</param>
    /// <exception cref="ArgumentException">A value is empty, too long, or none that there is.</exception>
    public static void Set(string? region = null, CallPriority? priority = null, string? key = null)
    {
        ThrowUnless(region is null || IsRegion(region), nameof(region), $"A region has 1 to {LongestRegion} characters.");
        ThrowUnless(priority is null || Enum.IsDefined(priority.Value), nameof(priority), "A call is interactive or batch.");
        ThrowUnless(key is null || IsKey(key), nameof(key), $"A key has 1 to {CallerContext.LongestKey} characters.");
        var baggage = Baggage.Current;
        baggage = region is null ? baggage : baggage.SetBaggage(RegionKey, region);
        baggage = priority is null ? baggage : baggage.SetBaggage(PriorityKey, priority == CallPriority.Batch ? "batch" : "interactive");
        Baggage.Current = key is null ? baggage : baggage.SetBaggage(ShareKey, key);
    }

    /// <summary>
    /// What is in <see cref="Baggage.Current"/>, or else in the present activity's baggage, which ASP.NET Core fills by itself; null when there is nothing.
    /// </summary>
    public static CallerContext? Read()
    {
        var baggage = Baggage.Current;
        var region = Entry(baggage, RegionKey) is { } from && IsRegion(from) ? from : null;
        var key = Entry(baggage, ShareKey) is { } who && IsKey(who) ? who : null;
        CallPriority? priority = Entry(baggage, PriorityKey) switch
        {
            "interactive" => CallPriority.Interactive,
            "batch" => CallPriority.Batch,
            _ => null,
        };
        return region is null && key is null && priority is null ? null : new() { Region = region, Key = key, Priority = priority };
    }

    private static string? Entry(Baggage baggage, string name) => baggage.GetBaggage(name) ?? Activity.Current?.GetBaggageItem(name);

    private static bool IsRegion(string region) => region.Length <= LongestRegion && !string.IsNullOrWhiteSpace(region);

    private static bool IsKey(string key) => key.Length <= CallerContext.LongestKey && !string.IsNullOrWhiteSpace(key);

    private static void ThrowUnless(bool holds, string name, string remedy)
    {
        if (!holds)
        {
            throw new ArgumentException(remedy, name);
        }
    }
}
