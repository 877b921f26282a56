using System.Text.Json.Nodes;
using ClusterClient.Configuration;
using Json.Schema;

namespace ClusterClient.Hosting.Tests;

public sealed class SchemaTests
{
    private const string File = "src/ClusterClient/ConfigurationSchema.json";

    private const string Example =
        """
        {
          "Databases": {
            "Orders": {
              "ConnectionString": "Username=app;Database=orders",
              "Nodes": [
                { "Endpoint": "eu-1.db:5432", "Region": "eu", "Zone": "eu-a" },
                { "Endpoint": "us-1.db:5432", "Region": "us", "Weight": 2 }
              ],
              "Location": { "Region": "eu", "Zone": "eu-a" },
              "RestrictWrites": { "Allow": [ "eu" ] },
              "MaxReplicaLag": "00:00:05",
              "Retry": { "MaxRetries": 2, "BudgetRatio": 0.1 },
              "HangDetection": "Fast"
            },
            "Legacy": { "Server": "something else altogether" }
          }
        }
        """;

    [Fact]
    public void Schema_Package_IsWhatTheTableOfKeysMakes() => Repository.AssertHas(File, SchemaDocument.Text);

    [Fact]
    public void Schema_EveryKey_HasTypeDescriptionDefaultAndRange()
    {
        var cluster = JsonNode.Parse(System.IO.File.ReadAllText(Repository.PathOf(File)))!["definitions"]!["cluster"]!;
        Assert.All(ConfigurationKeys.All, key =>
        {
            var property = key.Path.Split(':').Aggregate(cluster, (at, name) => name == "*" ? at["items"]! : at["properties"]![name]!);
            Assert.False(string.IsNullOrEmpty((string?)property["type"]));
            Assert.StartsWith(key.Description, (string?)property["description"], StringComparison.Ordinal);
            Assert.Equal(KeyTexts.Of(key.Default), property["default"]?.ToString() ?? "");
            if (key.Least is int or double)
            {
                Assert.Equal(KeyTexts.Of(key.Least), (property["minimum"] ?? property["exclusiveMinimum"])?.ToString());
            }
            else if (key.Least is not null)
            {
                Assert.Contains(KeyTexts.Range(key), (string?)property["description"], StringComparison.Ordinal);
            }
        });
    }

    [Fact]
    public void Evaluate_Example_IsValid() => Assert.True(Evaluate(Example));

    [Theory]
    [InlineData("\"MaxReplicaLag\": \"00:00:05\"", "\"MaxReplicaLag\": \"soon\"")]
    [InlineData("\"MaxRetries\": 2", "\"MaxRetries\": 101")]
    [InlineData("\"MaxRetries\": 2", "\"Attempts\": 2")]
    [InlineData("\"Weight\": 2", "\"Weight\": 0")]
    [InlineData("\"Region\": \"us\"", "\"Zone\": \"us\"")]
    [InlineData("\"Fast\"", "\"Sudden\"")]
    public void Evaluate_Mistake_IsNot(string right, string wrong)
    {
        Assert.Contains(right, Example, StringComparison.Ordinal);
        Assert.False(Evaluate(Example.Replace(right, wrong, StringComparison.Ordinal)));
    }

    private static bool Evaluate(string json) =>
        JsonSchema.FromFile(Repository.PathOf(File)).Evaluate(JsonNode.Parse(json)).IsValid;
}
