using Microsoft.Extensions.Primitives;

namespace Dashboard.Web;

/// <summary>
/// Keeps the page to itself: it loads nothing from elsewhere, and other pages of the same browser can neither look at it nor press its
/// buttons.
/// </summary>
internal static class Guard
{
    private const string Policy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
        + "base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

    public static void UseGuard(this WebApplication app) => app.Use(async (context, next) =>
    {
        var request = context.Request;
        var isOwn = request.Host.Host is "127.0.0.1" or "localhost"
            && (StringValues.IsNullOrEmpty(request.Headers.Origin) || request.Headers.Origin == $"{request.Scheme}://{request.Host}");
        if (!isOwn)
        {
            context.Response.StatusCode = StatusCodes.Status403Forbidden;
            return;
        }

        context.Response.Headers.ContentSecurityPolicy = Policy;
        context.Response.Headers.CacheControl = "no-cache";
        await next(context);
    });
}
