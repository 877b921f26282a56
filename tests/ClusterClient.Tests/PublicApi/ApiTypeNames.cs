using System.Reflection;

namespace ClusterClient.Tests.PublicApi;

/// <summary>Types as a reader of C# writes them, without the namespaces of the runtime.</summary>
internal static class ApiTypeNames
{
    private static readonly NullabilityInfoContext Nullability = new();

    public static string Of(FieldInfo field) => Name(Nullability.Create(field));

    public static string Of(PropertyInfo property) =>
        Name(Nullability.Create(property), property.CanRead ? i => i.ReadState : i => i.WriteState);

    public static string Of(ParameterInfo parameter) => parameter.ParameterType == typeof(void) ? "void" : Name(Nullability.Create(parameter));

    public static string Full(Type type)
    {
        var name = type.IsGenericType
            ? $"{type.Name[..type.Name.IndexOf('`', StringComparison.Ordinal)]}<{string.Join(", ", type.GetGenericArguments().Select(Full))}>"
            : type.Name;
        return type.IsGenericParameter || type.Namespace?.StartsWith("System", StringComparison.Ordinal) == true ? name
            : type.IsNested ? $"{Full(type.DeclaringType!)}.{name}"
            : $"{type.Namespace}.{name}";
    }

    private static string Name(NullabilityInfo info, Func<NullabilityInfo, NullabilityState>? state = null)
    {
        state ??= static i => i.ReadState;
        var type = info.Type.IsByRef ? info.Type.GetElementType()! : info.Type;
        if (Nullable.GetUnderlyingType(type) is { } value)
        {
            return Full(value) + "?";
        }

        var name = type.IsArray ? $"{(info.ElementType is { } element ? Name(element, state) : Full(type.GetElementType()!))}[]"
            : type.IsGenericType && info.GenericTypeArguments.Length > 0
                ? $"{Full(type)[..Full(type).IndexOf('<', StringComparison.Ordinal)]}<{string.Join(", ", info.GenericTypeArguments.Select(a => Name(a, state)))}>"
            : Full(type);
        return name + (!type.IsValueType && state(info) == NullabilityState.Nullable ? "?" : "");
    }
}
