using System.Text.Json.Serialization;

namespace ClusterClient.Health.Patterns;

/// <summary>Reads and writes the file without reflection, so that trimming and ahead-of-time compilation leave it whole.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(PatternDocument))]
internal sealed partial class PatternJson : JsonSerializerContext;
