using Dashboard;
using Microsoft.Playwright;

namespace ClusterClient.Samples.Tests.Dashboard;

[Collection(BrowserFixture.Name)]
public sealed class PageTests(BrowserFixture fixture) : IAsyncLifetime
{
    private Site _site = null!;

    public async Task InitializeAsync() => _site = await Site.StartAsync(new());

    public async Task DisposeAsync() => await _site.DisposeAsync();

    [Fact]
    public async Task Page_PhoneWidth_DoesNotScrollSideways()
    {
        var page = await DashboardPage.OpenAsync(await fixture.Browser.OpenAsync(390, 844, ColorScheme.Dark), _site.Url);
        await page.ExpectAsync(page.Explained("us-2"), "farther");
        Assert.Equal(0, await page.ExcessWidthAsync());

        await page.DoAsync("Kill", "us-2");
        await page.ExpectAsync(page.Answer, "us-2 is down");
        await page.ExpectAsync(page.Explained("us-2"), "unreachable");
        Assert.Equal(0, await page.ExcessWidthAsync());
        await Pictures.KeepAsync("phone", await page.PictureAsync());
        Assert.Empty(page.Complaints);
    }

    [Fact]
    public async Task Buttons_EachFault_ShowsOnTheMapAndHeals()
    {
        var page = await DashboardPage.OpenAsync(await fixture.Browser.OpenAsync(1280, 940), _site.Url);

        await page.DoAsync("Hang", "us-1");
        await page.ExpectAsync(page.Node("us-1"), "silent");
        await page.ExpectAsync(page.Answer, "us-1 is silent");
        await page.DoAsync("Resume", "us-1");
        await page.ExpectAsync(page.Answer, "Nothing is wrong");

        await page.DoAsync("Cut the link", "us-1");
        await page.ExpectAsync(page.Node("us-1"), "link cut");
        await page.ExpectAsync(page.Answer, "us-1 is silent");
        await page.DoAsync("Heal the link", "us-1");
        await page.ExpectAsync(page.Answer, "Nothing is wrong");

        await page.DoAsync("Pause replay", "eu-3");
        await page.ExpectAsync(page.Answer, "eu-3 is too far behind to be read from");
        await page.ExpectAsync(page.Explained("eu-3"), "too stale");
        await page.DoAsync("Resume replay", "eu-3");
        await page.ExpectAsync(page.Answer, "Nothing is wrong");

        await page.DoAsync("Kill", "us-2");
        await page.ExpectAsync(page.Answer, "us-2 is down");
        await page.DoAsync("Restart", "us-2");
        await page.ExpectAsync(page.Answer, "Nothing is wrong");
        Assert.Empty(page.Complaints);
    }

    [Fact]
    public async Task Buttons_PromotedBesideALivePrimary_FencesTheOldOne()
    {
        var page = await DashboardPage.OpenAsync(await fixture.Browser.OpenAsync(1280, 940), _site.Url);
        await page.DoAsync("Promote", "eu-3");
        await page.ExpectAsync(page.Timeline, "eu-3 in eu took over from eu-1");
        await page.ExpectAsync(page.Answer, "eu-1 is an old primary and fenced off");

        await page.DoAsync("Rejoin as replica", "eu-1");
        await page.ExpectAsync(page.Answer, "Nothing is wrong: all 5 nodes answer. Writes go to eu-3");
    }

    [Fact]
    public async Task Explain_NextWrite_NamesThePrimary()
    {
        var page = await DashboardPage.OpenAsync(await fixture.Browser.OpenAsync(1280, 940), _site.Url);
        await page.ExpectAsync(page.Explained("eu-1"), "primary: for reads only when no replica can serve them");
        await page.Button("Next write").ClickAsync();
        await page.ExpectAsync(page.Explained("eu-1"), "chosen");
        await page.ExpectAsync(page.Explained("eu-2"), "not the primary");
    }
}
