using ClusterClient.Configuration;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using static ClusterClient.Hosting.Tests.Registrations;

namespace ClusterClient.Hosting.Tests;

public sealed class ValidationTests
{
    [Fact]
    public void Validate_TenMistakes_TenMessagesInOneException() => Assert.Equal<IEnumerable<string>>(
        Order(
            "Databases:Orders:FailoverTimeout is 'soon'; set it to hours, minutes and seconds, such as \"00:00:30\" for 30 s.",
            "Databases:Orders:MaxReplicaLags is no key that is known; is it MaxReplicaLag that is meant?",
            "Databases:Orders:Nodes:0:Endpoint: The node 'eu-1.db:http' is not host or host:port with a port from 1 to 65535.",
            "Databases:Orders:Nodes:2:Endpoint: The node 'us-1.db:5432' was added 2 times; add it once.",
            "Databases:Orders:Nodes:2:Region: The node's region is missing; name the one that the server stands in.",
            "Databases:Orders:Nodes:2:Wieght is no key that is known; is it Weight that is meant?",
            "Databases:Orders:Policy is 'Fastest'; there are LatencyScored, LeastInFlight, PowerOfTwo, RoundRobin, Nearest, HotCold. Add one of your own with AddPolicy.",
            "Databases:Orders:RestrictWrites names 'asia', a region without nodes; the nodes are in eu, us.",
            "Databases:Orders:Retry:MaxRetries is 500; set it between 0 and 100.",
            "Databases:Orders:Circuit:FailureRatio is 2; set it above 0 and at most 1."),
        Order([.. Failures("""
            {
              "FailoverTimeout": "soon",
              "MaxReplicaLags": "00:00:05",
              "ConnectionString": "Username=app",
              "Nodes": [
                { "Endpoint": "eu-1.db:http", "Region": "eu" },
                { "Endpoint": "us-1.db:5432", "Region": "us" },
                { "Endpoint": "us-1.db:5432", "Wieght": 2 }
              ],
              "RestrictWrites": { "Allow": [ "eu", "asia" ] },
              "Policy": "Fastest",
              "Retry": { "MaxRetries": 500 },
              "Circuit": { "FailureRatio": 2 }
            }
            """)]));

    [Theory]
    [InlineData("""{ "FailoverTimeout": "30" }""", "FailoverTimeout is '30'; set it to hours, minutes and seconds, such as \"00:00:30\" for 30 s.")]
    [InlineData("""{ "FailoverTimeout": "00:00:00" }""", "FailoverTimeout is 00:00:00; set it to more than zero and at most one day.")]
    [InlineData("""{ "FailoverTimeout": { "Seconds": 30 } }""", "FailoverTimeout has keys below it; set it to hours, minutes and seconds, such as \"00:00:30\" for 30 s.")]
    [InlineData("""{ "ReadsMayUsePrimary": "perhaps" }""", "ReadsMayUsePrimary is 'perhaps'; set it to true or false.")]
    [InlineData("""{ "MaxWaitingCalls": 1.5 }""", "MaxWaitingCalls is '1.5'; set it to a whole number.")]
    [InlineData("""{ "Hedging": { "MaxRatio": "much" } }""", "Hedging:MaxRatio is 'much'; set it to a number.")]
    [InlineData("""{ "HangDetection": "Sudden" }""", "HangDetection is 'Sudden'; set it to Standard or Fast.")]
    [InlineData("""{ "HangDetection": "1" }""", "HangDetection is '1'; set it to Standard or Fast.")]
    [InlineData("""{ "Discovery": "Patroni" }""", "Discovery is 'Patroni'; set it to Static.")]
    [InlineData("""{ "Retry": 3 }""", "Retry is a value; set the keys below it: Enabled, MaxRetries, FirstDelay, MaxDelay, BudgetRatio, BudgetPerSecond.")]
    [InlineData("""{ "Retry": { "Attempts": 3 } }""", "Retry:Attempts is no key that is known; here are Enabled, MaxRetries, FirstDelay, MaxDelay, BudgetRatio, BudgetPerSecond.")]
    [InlineData("""{ "RestrictReads": { "Allow": "eu" } }""", "RestrictReads:Allow is 'eu'; make it a list, such as [\"eu\"].")]
    [InlineData("""{ "RestrictReads": { "Allow": [ " " ] } }""", "RestrictReads:Allow:0 is empty; name a region, or leave it out.")]
    [InlineData("""{ "RestrictReads": { "Allow": [ "eu" ], "Deny": [ "us" ] } }""", "RestrictReads has both Allow and Deny; keep one of them.")]
    [InlineData("""{ "Location": { "Region": "mars" } }""", "Location:Region: LocatedIn names 'mars', a region without nodes; the nodes are in eu, us.")]
    [InlineData("""{ "Location": { "Zone": "eu-a" } }""", "Location:Region is missing, and there is a zone; name the region that the zone is in.")]
    [InlineData("""{ "Limits": { "Floor": 50, "Ceiling": 20, "Initial": 20 } }""", "Limits:Ceiling is 20, below Limits.Floor, which is 50; raise the one or lower the other.")]
    [InlineData("""{ "Hedging": { "ByDefault": true }, "Retry": { "Enabled": false } }""", "Hedging is on and Retry leaves it no budget; set Retry.BudgetRatio or BudgetPerSecond to more than zero.")]
    public void Validate_OneMistake_NamesKeyAndRemedy(string section, string failure) =>
        Assert.Equal([$"Databases:Orders:{failure}"], Failures(section, Valid));

    [Fact]
    public void Validate_NodesThatAreNone_SaysWhatTheyShouldBe()
    {
        Assert.Equal(
            ["Databases:Orders:Nodes is a value; make it a list with an entry for each server.", "Databases:Orders:Nodes: There are no nodes; call AddNode for each server."],
            Failures("""{ "ConnectionString": "", "Nodes": "eu-1.db" }"""));
        Assert.Equal(
            ["Databases:Orders:Nodes:0 is a value; set the keys below it: Endpoint, Region, Zone, Name, Weight."],
            Failures("""{ "ConnectionString": "", "Nodes": [ "eu-1.db", { "Endpoint": "eu-2.db", "Region": "eu" } ] }"""));
    }

    [Fact]
    public void Validate_NodeAfterAnUnreadableOne_KeepsItsKey() => Assert.Equal(
        ["Databases:Orders:Nodes:0 is a value; set the keys below it: Endpoint, Region, Zone, Name, Weight.", "Databases:Orders:Nodes:1:Weight: The node 'eu-2.db' has the weight -1; give it one greater than zero."],
        Failures("""{ "ConnectionString": "", "Nodes": [ "eu-1.db", { "Endpoint": "eu-2.db", "Region": "eu", "Weight": -1 } ] }"""));

    [Fact]
    public void Validate_KeysInAnyCase_AreKnown() => Assert.Empty(
        Failures("""{ "connectionstring": "", "nodes": [ { "endpoint": "eu-2.db", "REGION": "eu", "weight": 2 } ], "retry": { "maxretries": 1 }, "policy": "nearest", "restrictreads": { "allow": [ "EU" ] } }"""));

    [Fact]
    public void Validate_NullsAndEmptyLists_AreLeftOut() => Assert.Empty(
        Failures("""{ "CallTimeout": null, "RestrictReads": { "Allow": [] }, "Retry": {} }""", Valid));

    /// <summary>The password is in it.</summary>
    [Fact]
    public void Validate_ConnectionStringThatIsWrong_IsNotRepeated()
    {
        var failure = Assert.Single(Failures("""{ "ConnectionString": "Username=app;Pasword=secret" }""", Valid[1..]));
        Assert.StartsWith("Databases:Orders: Npgsql does not accept the connection string: ", failure, StringComparison.Ordinal);
        Assert.DoesNotContain("secret", failure, StringComparison.Ordinal);
    }

    [Fact]
    public void Validate_OptionsOfCode_AreHeldAgainstTheSameRules()
    {
        using var services = new ServiceCollection().AddClusterDataSource(
            "orders", o => (o.Discovery, o.Retry.MaxRetries) = ("Patroni", -1), c => c.UseNpgsql("").AddNode("db", "eu")).BuildServiceProvider();
        var error = Assert.Throws<OptionsValidationException>(() => services.GetRequiredService<ClusterDataSource>());
        Assert.Equal(
            ["orders:Discovery is 'Patroni'; there is Static, the list in Nodes.", "orders:Retry:MaxRetries is -1; set it between 0 and 100."], error.Failures);
    }

    /// <summary>Errors are found in another order than a file has them.</summary>
    private static string[] Order(params string[] failures) => [.. failures.Order(StringComparer.Ordinal)];

    private static IEnumerable<string> Failures(string section, params (string Key, string? Value)[] beside)
    {
        using var json = new MemoryStream(System.Text.Encoding.UTF8.GetBytes($$"""{ "Databases": { "Orders": {{section}} } }"""));
        var configuration = new ConfigurationBuilder()
            .AddConfiguration(Configured(beside)).AddJsonStream(json).Build();
        using var services = Orders(configuration);
        try
        {
            _ = services.GetRequiredService<ClusterDataSource>();
            return [];
        }
        catch (OptionsValidationException e)
        {
            Assert.Equal((typeof(ClusterDataSourceOptions), "orders"), (e.OptionsType, e.OptionsName));
            return e.Failures;
        }
    }
}
