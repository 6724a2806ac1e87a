"""What crawlers get: robots.txt and, if they are allowed in, a sitemap of the public articles.

Without ARCHIVE_ROBOTS, and wherever a login is required, crawlers are kept out and there is no sitemap.
"""

from collections.abc import Iterator

from django.conf import settings
from django.db.models import Max, OuterRef, QuerySet, Subquery
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.html import escape
from django.views.decorators.http import require_safe

from archive.models import Article, ArticleVersion, shown_articles
from archive.times import utc_iso

from .responses import site_url
from .slots import EXPORT_SLOTS, limit_running

# The limit of the protocol (sitemaps.org). It also limits files to 50 MB; an article takes at most 450 bytes. A page
# has the articles of so many numbers in a row: it is found by them, whatever the size of the archive, and no
# article moves to another page when one before it is withdrawn.
MAX_URLS_PER_PAGE = 50_000
_HEAD = '<?xml version="1.0" encoding="UTF-8"?>\n'
_NAMESPACE = "http://www.sitemaps.org/schemas/sitemap/0.9"


@require_safe
def robots(request: HttpRequest) -> HttpResponse:
    """Which paths crawlers may fetch: none, or the articles but no results, exports and citations."""
    lines = ["User-agent: *"]
    root = reverse("search")
    if settings.LET_ROBOTS_IN:
        excluded = [
            f"{root}{pattern}"
            for pattern in ("?", "export.", "names/", "articles/*/cite", "*?q=", "*?order=", "*against=", "*marks=")
        ]
        excluded += [reverse("admin:index"), reverse("login")]
        lines += [f"Disallow: {path}" for path in excluded]
        lines += [f"Allow: {root}", "", f"Sitemap: {request.build_absolute_uri(reverse('sitemap'))}"]
    else:
        lines.append(f"Disallow: {root}")
    return HttpResponse("\n".join([*lines, ""]), content_type="text/plain; charset=utf-8")


@require_safe
def sitemap(request: HttpRequest) -> HttpResponseBase:
    """The index of the sitemap's pages. A small query for each page, and one more."""
    _require_robots_allowed()
    pages = filter(_has_articles, range(1, _last_page() + 1))
    urls = (request.build_absolute_uri(reverse("sitemap-page", args=[page])) for page in pages)
    return _stream_xml("sitemapindex", (f"<sitemap><loc>{escape(url)}</loc></sitemap>\n" for url in urls))


@require_safe
@limit_running(EXPORT_SLOTS)
def sitemap_page(request: HttpRequest, page: int) -> HttpResponseBase:
    """One page of the sitemap: the URLs of articles, each with the time of its last capture. Two queries."""
    _require_robots_allowed()
    if not 1 <= page <= max(1, _last_page()):
        raise Http404("no such page of the sitemap")
    versions = ArticleVersion.objects.filter(article=OuterRef("pk"), withholding=None).order_by().values("article")
    last = Subquery(versions.annotate(last=Max("capture__captured")).values("last"))
    listed = _articles_of(page).annotate(captured=last).order_by("pk").only("headline")
    site = site_url(request)
    return _stream_xml("urlset", (_url_element(article, site) for article in listed.iterator(chunk_size=2000)))


def _last_page() -> int:
    last: int | None = Article.objects.aggregate(last=Max("pk"))["last"]
    return -(-(last or 0) // MAX_URLS_PER_PAGE)


def _articles_of(page: int) -> QuerySet[Article]:
    last = page * MAX_URLS_PER_PAGE
    return shown_articles(timezone.now()).filter(same_as=None, pk__gt=last - MAX_URLS_PER_PAGE, pk__lte=last)


def _has_articles(page: int) -> bool:
    return _articles_of(page).exists()


def _require_robots_allowed() -> None:
    if not settings.LET_ROBOTS_IN:
        raise Http404("no sitemap")


def _url_element(article: Article, site: str) -> str:
    captured = getattr(article, "captured", None)
    changed = f"<lastmod>{utc_iso(captured, timespec='seconds')}</lastmod>" if captured else ""
    return f"<url><loc>{escape(site + article.get_absolute_url())}</loc>{changed}</url>\n"


def _stream_xml(root: str, elements: Iterator[str]) -> StreamingHttpResponse:
    def lines() -> Iterator[str]:
        yield f'{_HEAD}<{root} xmlns="{_NAMESPACE}">\n'
        yield from elements
        yield f"</{root}>\n"

    return StreamingHttpResponse(lines(), content_type="application/xml; charset=utf-8")
