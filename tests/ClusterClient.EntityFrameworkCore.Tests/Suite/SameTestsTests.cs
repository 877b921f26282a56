using System.Reflection;
using ClusterClient.EntityFrameworkCore.Tests.Schema;

namespace ClusterClient.EntityFrameworkCore.Tests.Suite;

/// <summary>That every way passes the very tests that Npgsql alone does: none more, none less, none of its own.</summary>
public sealed class SameTestsTests
{
    [Fact]
    public void Suite_OnEveryWay_HasTheSameTests()
    {
        string[] differences = [.. Differences(typeof(SuiteTests)), .. Differences(typeof(SchemaSuiteTests))];
        Assert.True(differences.Length == 0, string.Join(Environment.NewLine, differences));
        Assert.Equal(3, WaysOf(typeof(SuiteTests)).Count);
        Assert.Equal(2, WaysOf(typeof(SchemaSuiteTests)).Count);
        Assert.True(TestsOf(typeof(PlainSuiteTests)).Count + TestsOf(typeof(PlainSchemaSuiteTests)).Count >= 60);
    }

    private static IEnumerable<string> Differences(Type suite)
    {
        var measure = TestsOf(suite);
        foreach (var way in WaysOf(suite))
        {
            var tests = TestsOf(way);
            foreach (var test in measure.Except(tests))
            {
                yield return $"{way.Name} lacks {test}";
            }

            foreach (var test in tests.Except(measure))
            {
                yield return $"{way.Name} has {test} of its own";
            }
        }
    }

    private static List<Type> WaysOf(Type suite) => [.. suite.Assembly.GetTypes().Where(t => t.BaseType == suite)];

    // With who declares it, and whether it is skipped: one that is overridden is another.
    private static HashSet<string> TestsOf(Type type) =>
    [
        .. type.GetMethods().Select(m => (Method: m, Fact: m.GetCustomAttribute<FactAttribute>())).Where(t => t.Fact is not null)
            .Select(t => $"{t.Method.DeclaringType!.Name}.{t.Method.Name}{(t.Fact!.Skip is null ? "" : ", skipped")}"),
    ];
}
