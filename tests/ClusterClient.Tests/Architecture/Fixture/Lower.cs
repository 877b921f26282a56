#pragma warning disable CA1823, CS0169, CS0414, IDE0044, IDE0051 // Every way to mention a type, and nothing else.
using System.ComponentModel;
using ClusterClient.Tests.Architecture.Fixture.Upper;

namespace ClusterClient.Tests.Architecture.Fixture.Lower;

internal sealed class Low;

internal sealed class ByBase : High;

internal sealed class ByConstraint<T>
    where T : High;

internal sealed class ByField
{
    private High? _field;
}

internal sealed class ByGenericArgument
{
    public List<High[]> Items { get; } = [];
}

internal sealed class BySignature
{
    public static void Run(High high) => ArgumentNullException.ThrowIfNull(high);
}

internal sealed class ByAttribute
{
    [TypeConverter(typeof(High))]
    public static int Marked() => 1;
}

internal sealed class ByLocal
{
    public static bool Run(object any) => any is High;
}

internal sealed class ByStaticCall
{
    public static int Run() => High.Count();
}

internal sealed class ByLambda
{
    public static Func<int> Run() => static () => High.Count();
}

internal sealed class ByStateMachine
{
    public static async Task<int> Run()
    {
        await Task.Yield();
        return High.Count();
    }
}
