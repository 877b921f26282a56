using System.Globalization;
using System.Text.RegularExpressions;
using ClusterClient.Health;

namespace ClusterClient.Tests.Health;

/// <summary>
/// Replicas as the rules see them, a word each: <c>calls</c> or <c>calls:faults</c>, then <c>@20</c> for calls of 20 ms, 1 ms
/// otherwise, <c>!5</c> for a streak of five faults, <c>/us</c> for its region.
/// </summary>
public sealed partial class OutlierRulesTests
{
    [Theory]
    // Faults in a row.
    [InlineData("0!4 0", "")]
    [InlineData("0 0!5", "1: 5 faults in a row")]
    [InlineData("1000:1!5 1000", "0: 5 faults in a row")]
    // The ratio of faults.
    [InlineData("19:19 20", "")]
    [InlineData("20:9 20", "")]
    [InlineData("20:10 20", "0: 10 of 20 calls faulted within 10 s")]
    [InlineData("9000:4499 20", "")]
    // The worst first; a node may be named twice.
    [InlineData("20:20 0!7", "1: 7 faults in a row|0: 20 of 20 calls faulted within 10 s")]
    [InlineData("20:20!9", "0: 9 faults in a row|0: 20 of 20 calls faulted within 10 s")]
    public void Judge_Faults_NamesTheFailing(string replicas, string expected) => Assert.Equal(expected, Judge(replicas));

    [Theory]
    // The documented row: mean .9, deviation .2, bound .52.
    [InlineData("100 100 100 100 100:50", "4: 50 % of its calls faulted, 10 % on average")]
    [InlineData("100 100 100 100 1000:300", "4: 30 % of its calls faulted, 6 % on average")]
    // Too few replicas, or too few that have calls enough.
    [InlineData("100 100 100 100:50", "")]
    [InlineData("100 100 100 99 100:50", "")]
    [InlineData("100 100 100 100 99:50", "")]
    // Two of five are no outliers; two of ten are.
    [InlineData("100 100 100 100:50 100:50", "")]
    [InlineData("100 100 100 100 100:50 100 100 100:50 100 100", "4: 50 % of its calls faulted, 10 % on average|7: 50 % of its calls faulted, 10 % on average")]
    // Far out by the deviation alone, and yet all but well.
    [InlineData("100000 100000 100000 100000 100000:1", "")]
    [InlineData("100 100 100 100 100:6", "")]
    [InlineData("100 100 100 100 100:7", "4: 7 % of its calls faulted, 1.4 % on average")]
    // The trouble of all is nobody's.
    [InlineData("100:40 100:40 100:40 100:40 100:40", "")]
    public void Judge_SuccessRates_NamesTheOneFarBelow(string replicas, string expected) =>
        Assert.Equal(expected, Judge(replicas, OutlierSettings.Default with { FaultRatio = 2 }));

    [Theory]
    [InlineData("10 10 10@110", "2: its calls take 110 ms, its peers' 1 ms")]
    // Ten times as long, and 100 ms longer.
    [InlineData("10 10 10@100", "")]
    [InlineData("10@50 10@50 10@490", "")]
    [InlineData("10@50 10@50 10@510", "2: its calls take 510 ms, its peers' 50 ms")]
    // Normal imbalance, however large it looks.
    [InlineData("1000@1 900@2 300@9 10@60", "")]
    // Too few calls, its own or its peers', or too few peers to say who is slow.
    [InlineData("10 10 9@900", "")]
    [InlineData("10 9 10@900", "")]
    [InlineData("10 10@900", "")]
    // Its peers are those of its region: others may be asked other things.
    [InlineData("10 10 10@900/us 10@800/us 10@850/us", "")]
    [InlineData("10 10 10 10@900/us", "")]
    [InlineData("10 10 10@900 10/us 10@900/us", "2: its calls take 900 ms, its peers' 1 ms")]
    // The median: one more slow one hides nobody, and of three two are the rule.
    [InlineData("10 10 10@900 10@900 10", "2: its calls take 900 ms, its peers' 1 ms|3: its calls take 900 ms, its peers' 1 ms")]
    [InlineData("10 10@900 10@900", "")]
    public void Judge_Latencies_NamesTheOneFarBeyondItsPeers(string replicas, string expected) => Assert.Equal(expected, Judge(replicas));

    private static string Judge(string replicas, OutlierSettings? settings = null) => string.Join(
        '|', new OutlierRules(settings ?? OutlierSettings.Default).Judge([.. replicas.Split(' ').Select(Parse)]).Select(o => $"{o.Node}: {o.Cause}"));

    private static NodeConduct Parse(string word, int index)
    {
        var match = Word().Match(word);
        Assert.True(match.Success, $"'{word}' is no replica");
        var calls = Number("calls", 0);
        // Unrounded: a mean of many may lie between two levels.
        var latency = Number("ms", 1) * 1_000;
        var exponent = Math.Floor(Math.Log2(latency));
        var level = (exponent + (latency / Math.Pow(2, exponent)) - 1) * 256;
        return new(index, match.Groups["region"].Value, (int)Number("streak", 0), new((long)calls, (long)Number("faults", 0), (long)Math.Round(calls * level)));

        double Number(string group, double otherwise) =>
            match.Groups[group].Success ? double.Parse(match.Groups[group].Value, CultureInfo.InvariantCulture) : otherwise;
    }

    [GeneratedRegex(@"^(?<calls>\d+)(:(?<faults>\d+))?(@(?<ms>\d+))?(!(?<streak>\d+))?(/(?<region>\w+))?$")]
    private static partial Regex Word();
}
