using System.Diagnostics;
using System.Diagnostics.Metrics;
using System.Reflection;
using ClusterClient.Data;
using ClusterClient.DependencyInjection;
using ClusterClient.Diagnostics;
using ClusterClient.Tests.Fakes;
using Microsoft.Extensions.Logging;

namespace ClusterClient.Tests.Diagnostics;

/// <summary>The page says what there is: no instrument, event or span is missing there, and none is there that does not exist.</summary>
public sealed class ObservabilityDocsTests
{
    private static readonly string[] Page = File.ReadAllLines(Path.Combine(
        typeof(ObservabilityDocsTests).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(a => a.Key == "ProjectFolder").Value!,
        "..", "..", "docs", "observability.md"));

    [Fact]
    public void Metrics_OfADriverThatMeasuresNothing_AreThoseOfThePage()
    {
        // A driver of which nothing is known: everything is there.
        var name = $"orders {Guid.NewGuid()}";
        List<Instrument> instruments = [];
        using var listener = new MeterListener();
        using var factory = new OwnMeters();
        listener.InstrumentPublished = (instrument, _) =>
        {
            if (ReferenceEquals(instrument.Meter, factory.Meter))
            {
                instruments.Add(instrument);
            }
        };
        listener.Start();
        using var orders = new ClusterDataSourceBuilder(name)
            .UseDriver(() => new FakeDriver([new()], new ManualTimeProvider())).AddNode("db1", "eu").UseMeterFactory(factory).Build();

        Assert.All(instruments, i => Assert.False(string.IsNullOrWhiteSpace(i.Description)));
        Assert.Equal(
            instruments.Select(i => (i.Name, Kind: i.GetType().Name.Split('`')[0], i.Unit!)).Order(),
            Rows("instrument").Select(r => (r[0].Trim('`'), r[1], r[2])).Order());
    }

    [Fact]
    public void Events_OfTheLog_AreThoseOfThePage()
    {
        var events = new[] { typeof(Log), typeof(HostingLog) }
            .SelectMany(t => t.GetMethods(BindingFlags.Public | BindingFlags.Static | BindingFlags.DeclaredOnly))
            .Select(m => (Name: m.Name, Says: m.GetCustomAttribute<LoggerMessageAttribute>()!)).ToList();
        Assert.Equal(events.Count, events.Select(e => e.Says.EventId).Distinct().Count());
        Assert.Equal(
            events.Select(e => ($"{e.Says.EventId}", $"`{e.Name}`", $"{e.Says.Level}")).OrderBy(e => int.Parse(e.Item1, null)),
            Rows("id").Select(r => (r[0], r[1], r[2])));
    }

    [Fact]
    public void Spans_OfTheLibrary_AreThoseOfThePage()
    {
        string[] others = [nameof(ClusterActivity.Name), nameof(ClusterActivity.Route)];
        Assert.Equal(
            typeof(ClusterActivity).GetFields(BindingFlags.Public | BindingFlags.Static)
                .Where(f => f.IsLiteral && !others.Contains(f.Name)).Select(f => $"`{f.GetRawConstantValue()}`").Order(),
            Rows("span").Select(r => r[0]).Order());
    }

    // The rows of every table whose first column has this head.
    private static IEnumerable<string[]> Rows(string head)
    {
        var isIn = false;
        foreach (var line in Page)
        {
            var cells = line.StartsWith('|') ? line.Trim('|').Split('|').Select(c => c.Trim()).ToArray() : [];
            isIn = cells.Length > 0 && (isIn || cells[0] == head);
            if (isIn && cells[0] != head && !cells[0].StartsWith("---", StringComparison.Ordinal))
            {
                yield return cells;
            }
        }
    }

    private sealed class OwnMeters : IMeterFactory
    {
        public Meter? Meter { get; private set; }

        public Meter Create(MeterOptions options) => Meter = new(options);

        public void Dispose() => Meter?.Dispose();
    }
}
