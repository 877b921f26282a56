using System.Reflection;

namespace ClusterClient.Tests.Architecture;

/// <summary>A rule for who may use whom: namespaces under a root, and for each the others that its types may mention.</summary>
internal sealed class Rooms(string root, IReadOnlyDictionary<string, string[]> allowed)
{
    /// <summary>Of the library: the empty name is the root namespace itself, which puts the rest together.</summary>
    public static readonly Rooms OfLibrary = new("ClusterClient", new Dictionary<string, string[]>
    {
        ["Diagnostics"] = [],
        ["Topology"] = ["Diagnostics"],
        ["Consistency"] = ["Topology", "Diagnostics"],
        ["Resilience"] = ["Topology", "Diagnostics"],
        ["Health"] = ["Topology", "Resilience", "Diagnostics"],
        ["Health.Patterns"] = ["Health", "Diagnostics"],
        ["Routing"] = ["Topology", "Consistency", "Health", "Diagnostics", "Routing.Policies"],
        ["Routing.Policies"] = ["Routing", "Topology", "Health"],
        ["Drivers"] = ["Topology", "Consistency", "Resilience", "Diagnostics"],
        ["Data"] = ["Topology", "Consistency", "Resilience", "Health", "Health.Patterns", "Routing", "Drivers", "Diagnostics"],
        ["Configuration"] = ["", "Consistency", "Diagnostics", "Resilience", "Routing"],
        ["DependencyInjection"] = ["", "Configuration", "Consistency", "Data", "Health", "Routing", "Topology"],
        [""] =
        [
            "Topology", "Consistency", "Resilience", "Health", "Health.Patterns", "Routing", "Routing.Policies", "Drivers", "Data", "Diagnostics",
        ],
    });

    /// <summary>A line for each use that the rule forbids, and for each namespace that it does not know.</summary>
    public IReadOnlyList<string> Offenders(Assembly assembly) =>
    [
        .. assembly.GetTypes()
            .Where(t => RoomOf(t) is not null)
            .SelectMany(t => TypeReferences.Of(t).Select(r => (Type: t, r.Used, r.Where)))
            .Where(r => r.Used.Assembly == assembly && RoomOf(r.Used) is { } used && !MayUse(RoomOf(r.Type)!, used))
            .Select(r => $"{Shown(r.Type)} ({r.Where}) uses {Shown(r.Used)}")
            .Concat(assembly.GetTypes().Where(t => RoomOf(t) is { } room && !allowed.ContainsKey(room)).Select(t => $"{Shown(t)} is in no known room"))
            .Distinct()
            .Order(StringComparer.Ordinal),
    ];

    private bool MayUse(string user, string used) => user == used || (allowed.TryGetValue(user, out var those) && those.Contains(used));

    private string? RoomOf(Type type) => TypeReferences.Written(type).Namespace is not { } space ? null
        : space == root ? ""
        : space.StartsWith(root + ".", StringComparison.Ordinal) ? space[(root.Length + 1)..]
        : null;

    private string Shown(Type type) => (TypeReferences.Written(type).FullName ?? type.Name)[(root.Length + 1)..];
}
