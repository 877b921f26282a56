using System.Globalization;
using System.Reflection;
using System.Runtime.CompilerServices;
using System.Text;

namespace ClusterClient.Tests.PublicApi;

/// <summary>An assembly's public API as text, a member a line in a stable order, with nullability.</summary>
internal static class ApiPrinter
{
    private const BindingFlags Declared =
        BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly;

    public static string Print(Assembly assembly)
    {
        var text = new StringBuilder();
        foreach (var type in assembly.GetExportedTypes().OrderBy(t => t.FullName, StringComparer.Ordinal))
        {
            text.Append(CultureInfo.InvariantCulture, $"{Kind(type)} {ApiTypeNames.Full(type)}");
            var bases = Bases(type).ToArray();
            text.Append(bases.Length == 0 ? "" : " : " + string.Join(", ", bases)).Append('\n');
            foreach (var line in type.GetMembers(Declared).SelectMany(m => Line(type, m)).Order(StringComparer.Ordinal))
            {
                text.Append("    ").Append(line).Append('\n');
            }
        }

        return text.ToString();
    }

    private static string Kind(Type type) => type switch
    {
        { IsEnum: true } => "enum",
        { IsInterface: true } => "interface",
        { IsValueType: true } => type.IsDefined(typeof(IsReadOnlyAttribute)) ? "readonly struct" : "struct",
        { IsAbstract: true, IsSealed: true } => "static class",
        { IsAbstract: true } => "abstract class",
        { IsSealed: true } => "sealed class",
        _ => "class",
    };

    private static IEnumerable<string> Bases(Type type)
    {
        if (type.BaseType is { } up && up != typeof(object) && !type.IsValueType)
        {
            yield return ApiTypeNames.Full(up);
        }

        var inherited = (type.BaseType?.GetInterfaces() ?? []).Concat(type.GetInterfaces().SelectMany(i => i.GetInterfaces())).ToHashSet();
        foreach (var name in type.GetInterfaces().Where(i => !type.IsEnum && !inherited.Contains(i)).Select(ApiTypeNames.Full).Order(StringComparer.Ordinal))
        {
            yield return name;
        }
    }

    private static IEnumerable<string> Line(Type type, MemberInfo member)
    {
        switch (member)
        {
            case FieldInfo field when Seen(field.IsPublic, field.IsFamily || field.IsFamilyOrAssembly) is { } access && !field.IsSpecialName:
                yield return type.IsEnum
                    ? string.Create(CultureInfo.InvariantCulture, $"{field.Name} = {Convert.ToInt64(field.GetRawConstantValue(), CultureInfo.InvariantCulture)}")
                    : $"{access}{(field.IsLiteral ? "const " : field.IsStatic ? "static readonly " : "")}{ApiTypeNames.Of(field)} {field.Name}"
                        + (field.IsLiteral ? string.Create(CultureInfo.InvariantCulture, $" = {field.GetRawConstantValue()}") : "");
                break;
            case PropertyInfo property:
                var accessors = property.GetAccessors(nonPublic: true)
                    .Where(a => Seen(a) is not null && a.GetBaseDefinition().DeclaringType!.Assembly == type.Assembly).ToArray();
                if (accessors.Length > 0)
                {
                    var shown = string.Join(' ', accessors.Select(a => Accessor(a) + ";").Order(StringComparer.Ordinal));
                    var index = property.GetIndexParameters() is { Length: > 0 } of ? $"this[{string.Join(", ", of.Select(Parameter))}]" : property.Name;
                    yield return $"{Seen(accessors[0])}{Modifiers(accessors[0])}{ApiTypeNames.Of(property)} {index} {{ {shown} }}";
                }

                break;
            case EventInfo { AddMethod: { } add } happening when Seen(add) is { } access:
                yield return $"{access}{Modifiers(add)}event {ApiTypeNames.Full(happening.EventHandlerType!)} {happening.Name}";
                break;
            case ConstructorInfo { IsStatic: false } constructor when Seen(constructor) is { } access:
                yield return $"{access}{type.Name}({string.Join(", ", constructor.GetParameters().Select(Parameter))})";
                break;
            case MethodInfo method when Seen(method) is { } access && IsShown(method):
                var arguments = method.IsGenericMethod ? $"<{string.Join(", ", method.GetGenericArguments().Select(a => a.Name))}>" : "";
                yield return $"{access}{Modifiers(method)}{ApiTypeNames.Of(method.ReturnParameter)} {method.Name}{arguments}"
                    + $"({string.Join(", ", method.GetParameters().Select(Parameter))})";
                break;
        }
    }

    // Accessors are shown with their property; what a record adds by itself, and that an inherited member is overridden, is no
    // decision that a caller sees.
    private static bool IsShown(MethodInfo method) =>
        method.GetBaseDefinition().DeclaringType!.Assembly == method.DeclaringType!.Assembly
        && (!method.IsSpecialName || method.Name.StartsWith("op_", StringComparison.Ordinal))
        && !method.IsDefined(typeof(CompilerGeneratedAttribute));

    private static string? Seen(MethodBase method) => Seen(method.IsPublic, method.IsFamily || method.IsFamilyOrAssembly);

    private static string? Seen(bool isPublic, bool isProtected) => isPublic ? "" : isProtected ? "protected " : null;

    private static string Modifiers(MethodInfo method) => method switch
    {
        { DeclaringType.IsInterface: true } => "",
        { IsStatic: true } => "static ",
        { IsAbstract: true } => "abstract ",
        _ when method.GetBaseDefinition() != method => "override ",
        { IsVirtual: true, IsFinal: false } => "virtual ",
        _ => "",
    };

    private static string Accessor(MethodInfo accessor) => accessor.ReturnType != typeof(void) ? "get"
        : accessor.ReturnParameter.GetRequiredCustomModifiers().Contains(typeof(IsExternalInit)) ? "init" : "set";

    private static string Parameter(ParameterInfo parameter)
    {
        var way = parameter.IsOut ? "out " : parameter.IsIn ? "in " : parameter.ParameterType.IsByRef ? "ref " : "";
        var value = !parameter.HasDefaultValue ? ""
            : parameter.DefaultValue is null ? " = default"
            : string.Create(CultureInfo.InvariantCulture, $" = {parameter.DefaultValue}");
        return $"{way}{ApiTypeNames.Of(parameter)} {parameter.Name}{value}";
    }
}
