using System.Text.Json;

namespace Dashboard.Servers;

/// <summary>Actions as they stand in addresses: <c>cut-link</c>.</summary>
internal static class ActionNames
{
    private static readonly Dictionary<NodeAction, string> Names =
        Enum.GetValues<NodeAction>().ToDictionary(action => action, action => JsonNamingPolicy.KebabCaseLower.ConvertName($"{action}"));

    public static string Of(NodeAction action) => Names[action];

    public static NodeAction? Find(string name) =>
        Names.Where(entry => entry.Value == name).Select(entry => (NodeAction?)entry.Key).FirstOrDefault();
}
