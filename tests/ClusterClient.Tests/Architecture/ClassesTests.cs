using System.Reflection;
using System.Runtime.CompilerServices;
using System.Xml.Linq;

namespace ClusterClient.Tests.Architecture;

/// <summary>Rules that every class of every shipped assembly keeps.</summary>
public sealed class ClassesTests
{
    private const BindingFlags All =
        BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly;

    public static TheoryData<string> Assemblies => ["ClusterClient", "ClusterClient.EntityFrameworkCore", "ClusterClient.Npgsql", "ClusterClient.OpenTelemetry", "ClusterClient.Testing"];

    [Theory]
    [MemberData(nameof(Assemblies))]
    public void NonPublicClasses_All_AreSealedOrAbstract(string assembly) => AssertNone(
        Written(assembly).Where(t => t.IsClass && !t.IsVisible && !t.IsSealed && !t.IsAbstract).Select(t => $"{t} is open; seal it"));

    [Theory]
    [MemberData(nameof(Assemblies))]
    public void Statics_All_HoldNoState(string assembly) => AssertNone(
        Written(assembly).SelectMany(t => t.GetFields(All))
            .Where(f => f.IsStatic && !f.IsInitOnly && !f.IsLiteral && !IsGenerated(f) && !IsGenerated(f.DeclaringType!))
            .Select(f => $"{f.DeclaringType}.{f.Name} is static and can be assigned"));

    [Theory]
    [MemberData(nameof(Assemblies))]
    public void Statics_All_AreNoMutableCollections(string assembly) => AssertNone(
        Written(assembly).SelectMany(t => t.GetFields(All))
            .Where(f => f.IsStatic && f.FieldType.GetInterfaces().Append(f.FieldType).Any(i => i.IsGenericType
                && i.GetGenericTypeDefinition() == typeof(ICollection<>)) && !f.FieldType.IsArray
                && f.FieldType.Namespace is not ("System.Collections.Immutable" or "System.Collections.Frozen"))
            .Select(f => $"{f.DeclaringType}.{f.Name} is static and can be changed"));

    [Theory]
    [MemberData(nameof(Assemblies))]
    public void PublicTypes_WithState_SayWhoMayUseThemAtOnce(string assembly)
    {
        var loaded = Assembly.Load(assembly);
        var docs = XDocument.Load(Path.ChangeExtension(loaded.Location, ".xml")).Descendants("member")
            .ToDictionary(m => m.Attribute("name")!.Value);
        AssertNone(loaded.GetExportedTypes()
            .Where(t => (t.IsClass || t.IsValueType) && !t.IsEnum && !typeof(Exception).IsAssignableFrom(t) && !IsImmutable(t))
            .Where(t => !Says(docs.GetValueOrDefault($"T:{t.FullName}")))
            .Select(t => $"{t} can change; its documentation must say whether it is thread-safe"));
    }

    private static bool Says(XElement? docs) => docs is not null && (docs.Element("threadsafety") is not null
        || docs.Value.Contains("thread-safe", StringComparison.OrdinalIgnoreCase)
        || docs.Value.Contains("immutable", StringComparison.OrdinalIgnoreCase)
        || docs.Value.Contains("for one caller at a time", StringComparison.OrdinalIgnoreCase));

    private static bool IsImmutable(Type type) =>
        type.IsSealed && type.GetFields(All).All(f => f.IsStatic || (f.IsInitOnly && !f.FieldType.IsArray)) && type.BaseType is { } up
        && (up == typeof(object) || up == typeof(ValueType));

    private static IEnumerable<Type> Written(string assembly) =>
        Assembly.Load(assembly).GetTypes().Where(t => !IsGenerated(t) && t.Namespace?.StartsWith("ClusterClient", StringComparison.Ordinal) == true);

    private static bool IsGenerated(MemberInfo member) =>
        member.Name.Contains('<', StringComparison.Ordinal) || member.IsDefined(typeof(CompilerGeneratedAttribute))
        || member.IsDefined(typeof(System.CodeDom.Compiler.GeneratedCodeAttribute))
        || (member.DeclaringType is { } outer && member is Type && IsGenerated(outer));

    private static void AssertNone(IEnumerable<string> offenders) => Assert.Empty(offenders);
}
