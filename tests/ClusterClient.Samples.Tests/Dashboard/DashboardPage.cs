using System.Collections.Concurrent;
using System.Text.RegularExpressions;
using Microsoft.Playwright;

namespace ClusterClient.Samples.Tests.Dashboard;

/// <summary>The page as its reader meets it: by what things are called, not by where they are.</summary>
internal sealed class DashboardPage
{
    private const float Limit = 60_000;

    // Headless browsers have no voice: what would be said is kept.
    private const string Voice = """
        window.spoken = [];
        Object.defineProperty(window, 'speechSynthesis', { value: { speak: words => window.spoken.push(words.text), cancel() { } } });
        window.SpeechSynthesisUtterance = class { constructor(text) { this.text = text; } };
        """;

    private readonly IPage _page;
    private readonly ConcurrentQueue<string> _complaints = new();

    private DashboardPage(IPage page) => _page = page;

    public ILocator Answer => _page.GetByRole(AriaRole.Region, new() { Name = "What is wrong?" });

    public ILocator Timeline => _page.GetByRole(AriaRole.Log, new() { Name = "Timeline" });

    public ILocator Refusal => _page.GetByRole(AriaRole.Alert);

    /// <summary>What the browser complained of, and every address that is not the program's own.</summary>
    public IEnumerable<string> Complaints => _complaints;

    public static async Task<DashboardPage> OpenAsync(IPage page, string url)
    {
        var opened = new DashboardPage(page);
        page.Console += (_, message) => opened.Complain(message.Type == "error", message.Text);
        page.PageError += (_, error) => opened.Complain(true, error);
        page.Request += (_, request) => opened.Complain(!request.Url.StartsWith(url, StringComparison.Ordinal), request.Url);
        await page.AddInitScriptAsync(Voice);
        await page.GotoAsync(url);
        return opened;
    }

    public ILocator Node(string name) => _page.GetByRole(AriaRole.Article).Filter(new() { Has = Button(name) });

    public ILocator Button(string name) => _page.GetByRole(AriaRole.Button, new() { Name = name, Exact = true });

    public ILocator Explained(string node) =>
        _page.GetByRole(AriaRole.Row).Filter(new() { Has = _page.GetByRole(AriaRole.Rowheader, new() { Name = node, Exact = true }) });

    /// <summary>Selects a node and presses one of its buttons.</summary>
    public async Task DoAsync(string action, string node)
    {
        await Button(node).ClickAsync();
        await Button($"{action}: {node}").ClickAsync(new() { Timeout = Limit });
    }

    public Task ExpectAsync(ILocator where, string text) =>
        Assertions.Expect(where).ToContainTextAsync(text, new() { Timeout = Limit });

    public Task ExpectAsync(ILocator where, Regex text) =>
        Assertions.Expect(where).ToContainTextAsync(text, new() { Timeout = Limit });

    public Task<string[]> SpokenAsync() => _page.EvaluateAsync<string[]>("window.spoken");

    /// <summary>How many pixels the page is wider than the window.</summary>
    public Task<int> ExcessWidthAsync() =>
        _page.EvaluateAsync<int>("Math.max(document.documentElement.scrollWidth, document.body.scrollWidth) - window.innerWidth");

    /// <summary>Asks from outside: the page itself may not evaluate text.</summary>
    public Task WaitForAsync(string condition) => Until.TrueAsync(() => _page.EvaluateAsync<bool>(condition), condition);

    public Task<byte[]> PictureAsync() => _page.ScreenshotAsync(new() { FullPage = true });

    private void Complain(bool isWrong, string about)
    {
        if (isWrong)
        {
            _complaints.Enqueue(about);
        }
    }
}
