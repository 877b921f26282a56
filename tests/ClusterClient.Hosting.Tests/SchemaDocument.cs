using System.Text.Json;
using System.Text.Json.Nodes;
using ClusterClient.Configuration;

namespace ClusterClient.Hosting.Tests;

/// <summary>The JSON schema of a cluster's section, as the table of keys makes it.</summary>
internal static class SchemaDocument
{
    private const string Duration = @"^(\d+\.)?\d{1,2}:\d{2}(:\d{2}(\.\d{1,7})?)?$";

    private static readonly JsonSerializerOptions Indented = new()
    {
        WriteIndented = true, Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    public static string Text => new JsonObject
    {
        ["$schema"] = "http://json-schema.org/draft-07/schema#",
        ["type"] = "object",
        ["properties"] = new JsonObject
        {
            ["Databases"] = new JsonObject
            {
                ["type"] = "object",
                ["description"] = "Clusters by name, where AddClusterDataSource is given sections of this one. What has no Nodes is none.",
                ["additionalProperties"] = new JsonObject
                {
                    ["anyOf"] = new JsonArray
                    {
                        new JsonObject { ["$ref"] = "#/definitions/cluster" },
                        new JsonObject { ["not"] = new JsonObject { ["required"] = new JsonArray { "Nodes" } } },
                    },
                },
            },
        },
        ["definitions"] = new JsonObject { ["cluster"] = Group("", "A cluster of database servers for ClusterClient.") },
    }.ToJsonString(Indented) + "\n";

    private static JsonObject Group(string prefix, string? description = null)
    {
        var properties = new JsonObject();
        foreach (var name in ConfigurationKeys.All.Where(k => k.Path.StartsWith(prefix, StringComparison.Ordinal)).Select(k => k.Path[prefix.Length..].Split(':')[0]).Distinct())
        {
            properties[name] = ConfigurationKeys.All.FirstOrDefault(k => k.Path == prefix + name) is { } key ? Property(key)
                : name == "Nodes" ? Nodes()
                : Group($"{prefix}{name}:");
        }

        var group = new JsonObject { ["type"] = "object" };
        if (description is not null)
        {
            group["description"] = description;
        }

        group["properties"] = properties;
        group["additionalProperties"] = false;
        return group;
    }

    private static JsonObject Nodes()
    {
        var node = Group("Nodes:*:");
        node["required"] = new JsonArray { "Endpoint", "Region" };
        return new() { ["type"] = "array", ["description"] = "The database servers.", ["items"] = node };
    }

    private static JsonObject Property(ConfigurationKey key)
    {
        var property = new JsonObject
        {
            ["type"] = key.Kind switch
            {
                KeyKind.Flag => "boolean", KeyKind.Integer => "integer", KeyKind.Number => "number", KeyKind.Texts => "array", _ => "string",
            },
            // A range of durations is for people: no schema has words for it.
            ["description"] = KeyTexts.Range(key) is { Length: > 0 } range ? $"{key.Description} {range}." : key.Description,
        };
        if (key.Kind == KeyKind.Duration)
        {
            property["pattern"] = Duration;
        }

        if (key.Kind == KeyKind.Texts)
        {
            property["items"] = new JsonObject { ["type"] = "string", ["pattern"] = @"\S" };
        }

        if (key.Choices.Length > 0)
        {
            property["enum"] = new JsonArray([.. key.Choices.Select(c => JsonValue.Create(c))]);
        }

        if (Number(key.Least) is { } least)
        {
            property[key.IsAboveLeast ? "exclusiveMinimum" : "minimum"] = least;
        }

        if (Number(key.Greatest) is { } greatest)
        {
            property["maximum"] = greatest;
        }

        if (key.Default is not null)
        {
            property["default"] = key.Default switch
            {
                bool flag => flag, int number => number, double number => number, _ => KeyTexts.Of(key.Default),
            };
        }

        return property;
    }

    private static JsonNode? Number(IComparable? bound) => bound switch
    {
        int number => number, double number => number, _ => null,
    };
}
