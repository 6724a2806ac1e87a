"""What robots are told: robots.txt and, where they are let in, a sitemap of the articles that anyone may see.

Without ARCHIVE_ROBOTS, and wherever a sign-in is asked for, robots are sent away and there is no sitemap: neither
file names an article then.
"""

from collections.abc import Iterator

from django.conf import settings
from django.db.models import Max, QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.html import escape
from django.views.decorators.http import require_safe

from archive.models import Article, is_shown

# The limit of the protocol (sitemaps.org), which also asks for files below 50 MB: at most 450 bytes an article.
PAGE_SIZE = 50_000
_HEAD = '<?xml version="1.0" encoding="UTF-8"?>\n'
_NAMESPACE = "http://www.sitemaps.org/schemas/sitemap/0.9"


@require_safe
def robots(request: HttpRequest) -> HttpResponse:
    """What robots may fetch: nothing, or the articles and not what searches give."""
    lines = ["User-agent: *"]
    root = reverse("search")
    if settings.LET_ROBOTS_IN:
        kept_out = ("?", "export.", "admin/", "login/", "articles/*/cite", "*?q=", "*?order=", "*against=")
        lines += [f"Disallow: {root}{path}" for path in kept_out]
        lines += [f"Allow: {root}", "", f"Sitemap: {request.build_absolute_uri(reverse('sitemap'))}"]
    else:
        lines.append(f"Disallow: {root}")
    return HttpResponse("\n".join([*lines, ""]), content_type="text/plain; charset=utf-8")


@require_safe
def sitemap(request: HttpRequest) -> HttpResponseBase:
    """The list of the sitemap's pages. One query."""
    _let_in()
    pages = -(-_shown().count() // PAGE_SIZE)
    addresses = (request.build_absolute_uri(reverse("sitemap-page", args=[page])) for page in range(1, pages + 1))
    return _xml("sitemapindex", (f"<sitemap><loc>{escape(address)}</loc></sitemap>\n" for address in addresses))


@require_safe
def sitemap_page(request: HttpRequest, page: int) -> HttpResponseBase:
    """One page of addresses, each with the time of its last capture. One query."""
    _let_in()
    if page < 1:
        raise Http404(f"no page {page}")
    first = (page - 1) * PAGE_SIZE
    articles = _shown().annotate(captured=Max("captures__captured")).order_by("pk").only("headline")
    chosen = articles[first : first + PAGE_SIZE]
    if first and not chosen.exists():
        raise Http404(f"no page {page}")
    site = request.build_absolute_uri("/").rstrip("/")
    return _xml("urlset", (_entry(article, site) for article in chosen.iterator(chunk_size=2000)))


def _let_in() -> None:
    if not settings.LET_ROBOTS_IN:
        raise Http404("no sitemap")


def _shown() -> QuerySet[Article]:
    return Article.objects.filter(is_shown(timezone.now()))


def _entry(article: Article, site: str) -> str:
    captured = getattr(article, "captured", None)
    changed = f"<lastmod>{captured:%Y-%m-%dT%H:%M:%SZ}</lastmod>" if captured else ""
    return f"<url><loc>{escape(site + article.get_absolute_url())}</loc>{changed}</url>\n"


def _xml(root: str, entries: Iterator[str]) -> StreamingHttpResponse:
    def lines() -> Iterator[str]:
        yield f'{_HEAD}<{root} xmlns="{_NAMESPACE}">\n'
        yield from entries
        yield f"</{root}>\n"

    return StreamingHttpResponse(lines(), content_type="application/xml; charset=utf-8")
