"""The first page: what the archive is and has, where nothing is asked yet. Its address is that of the search page."""

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.cache import patch_vary_headers
from django_htmx.http import HttpResponseClientRedirect

from archive.models import Article, shown_articles

from ..engines import EngineError
from ..results import Example, Question, load_examples, load_overview
from .responses import HttpRequest, render_error_page


def front_page(request: HttpRequest) -> HttpResponse:
    """The page where a search begins. What htmx asks for is a part of a results page, and this is another page."""
    response = HttpResponseClientRedirect(reverse("search")) if request.htmx else _whole_page(request)
    patch_vary_headers(response, ["HX-Request"])
    return response


def find_examples() -> tuple[Example, ...]:
    """Returns queries that find something; none where the index cannot say."""
    try:
        return load_examples(timezone.now())
    except EngineError:
        return ()


def _whole_page(request: HttpRequest) -> HttpResponse:
    now = timezone.now()
    everything = Question(sort="newest")
    try:
        overview = load_overview(now)
    except EngineError as error:
        return render_error_page(request, "search.html", {"question": Question()}, error)
    arrivals, live_pages = overview.load_rows(now)
    context = {
        "question": Question(),
        "now": now,
        "overview": overview,
        "lists": overview.lists,
        "arrivals": arrivals,
        "live_pages": live_pages,
        "timeline": overview.bulk.timeline if overview.bulk else None,
        "everything": everything,
        "latest": Question(sort="captured"),
        "all_live_pages": Question().toggle_value("kind", Article.Kind.LIVE),
    }
    if not overview.articles:
        context["waiting"] = shown_articles(now).count()
    return render(request, "front.html", context)
