using System.Reflection;
using System.Reflection.Emit;

namespace ClusterClient.Tests.Architecture;

/// <summary>Every type that a type mentions: in its bases, members, signatures, attributes, and in the code of its methods.</summary>
internal static class TypeReferences
{
    private const BindingFlags Declared =
        BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly;

    private static readonly IReadOnlyDictionary<short, OpCode> OpCodesByValue = typeof(OpCodes)
        .GetFields(BindingFlags.Public | BindingFlags.Static)
        .Select(f => (OpCode)f.GetValue(null)!)
        .ToDictionary(o => o.Value);

    /// <summary>The types, each with the member that mentions it. Constructed types are taken apart.</summary>
    public static IEnumerable<(Type Used, string Where)> Of(Type type)
    {
        foreach (var (used, where) in Mentioned(type))
        {
            foreach (var part in Parts(used))
            {
                yield return (part, where);
            }
        }
    }

    /// <summary>The class that a programmer wrote: state machines and closures belong to the type that they were made in.</summary>
    public static Type Written(Type type) => type.DeclaringType is { } outer ? Written(outer) : type;

    private static IEnumerable<(Type? Used, string Where)> Mentioned(Type type)
    {
        foreach (var used in type.GetInterfaces().Append(type.BaseType).Concat(Constraints(type.GetGenericArguments())).Concat(Attributes(type)))
        {
            yield return (used, "declaration");
        }

        foreach (var member in type.GetMembers(Declared))
        {
            var used = member switch
            {
                FieldInfo field => [field.FieldType],
                PropertyInfo property => [property.PropertyType],
                EventInfo happening => [happening.EventHandlerType],
                MethodBase method => Signature(method).Concat(Code(method)),
                _ => [],
            };
            foreach (var one in used.Concat(Attributes(member)))
            {
                yield return (one, member.Name);
            }
        }
    }

    private static IEnumerable<Type?> Signature(MethodBase method) => method.GetParameters()
        .SelectMany(p => Attributes(p).Append(p.ParameterType))
        .Append((method as MethodInfo)?.ReturnType)
        .Concat(method.IsGenericMethodDefinition ? Constraints(method.GetGenericArguments()) : []);

    private static IEnumerable<Type> Constraints(IEnumerable<Type> arguments) =>
        arguments.Where(a => a.IsGenericParameter).SelectMany(a => a.GetGenericParameterConstraints());

    private static IEnumerable<Type?> Attributes(ICustomAttributeProvider member) => (member switch
    {
        MemberInfo m => m.CustomAttributes,
        ParameterInfo p => p.CustomAttributes,
        _ => [],
    }).SelectMany(a => a.ConstructorArguments.Select(c => c.Value as Type).Append(a.AttributeType));

    private static IEnumerable<Type?> Code(MethodBase method)
    {
        if (method.GetMethodBody() is not { } body)
        {
            return [];
        }

        var ofType = method.DeclaringType!.IsGenericType ? method.DeclaringType.GetGenericArguments() : null;
        var ofMethod = method.IsGenericMethod ? method.GetGenericArguments() : null;
        var used = body.LocalVariables.Select(l => (Type?)l.LocalType)
            .Concat(body.ExceptionHandlingClauses.Where(c => c.Flags == ExceptionHandlingClauseOptions.Clause).Select(c => c.CatchType))
            .ToList();
        foreach (var token in Tokens(body.GetILAsByteArray()!))
        {
            var member = method.Module.ResolveMember(token, ofType, ofMethod)!;
            used.Add(member as Type ?? member.DeclaringType);
            if (member is MethodBase called)
            {
                used.AddRange(Signature(called));
                used.AddRange(called.IsGenericMethod ? called.GetGenericArguments() : []);
            }
            else if (member is FieldInfo field)
            {
                used.Add(field.FieldType);
            }
        }

        return used;
    }

    private static IEnumerable<int> Tokens(byte[] il)
    {
        for (var at = 0; at < il.Length;)
        {
            var opCode = il[at] == 0xFE ? OpCodesByValue[(short)(0xFE00 | il[at + 1])] : OpCodesByValue[il[at]];
            at += opCode.Size;
            if (opCode.OperandType is OperandType.InlineMethod or OperandType.InlineField or OperandType.InlineType or OperandType.InlineTok)
            {
                yield return BitConverter.ToInt32(il, at);
            }

            at += opCode.OperandType switch
            {
                OperandType.InlineNone => 0,
                OperandType.ShortInlineBrTarget or OperandType.ShortInlineI or OperandType.ShortInlineVar => 1,
                OperandType.InlineVar => 2,
                OperandType.InlineI8 or OperandType.InlineR => 8,
                OperandType.InlineSwitch => 4 + (4 * BitConverter.ToInt32(il, at)),
                _ => 4,
            };
        }
    }

    private static IEnumerable<Type> Parts(Type? type) => type switch
    {
        null => [],
        { HasElementType: true } => Parts(type.GetElementType()),
        { IsGenericParameter: true } => [],
        { IsGenericType: true } => type.GetGenericArguments().SelectMany(Parts).Append(type.GetGenericTypeDefinition()),
        _ => [type],
    };
}
