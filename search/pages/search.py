"""The search page and exports. Nothing imports this but the addresses."""

from itertools import chain
from typing import Any

from django.http import Http404, HttpResponse, HttpResponseBase, JsonResponse, StreamingHttpResponse
from django.http import HttpRequest as DjangoHttpRequest
from django.shortcuts import redirect, render
from django.templatetags.static import static
from django.urls import reverse
from django.utils import timezone
from django.utils.cache import patch_vary_headers
from django.utils.html import escape
from django.utils.text import slugify
from django.views.decorators.http import require_safe
from django_htmx.middleware import HtmxDetails

from ..engines import TIME_LIMIT_SECONDS, EngineError, QueryLimitError, time_limit
from ..fields import FACET_NAMES, FIELD_BY_NAME, FIELDS
from ..outputs import EXPORTS, FEED_ENTRIES, make_atom, make_opensearch, to_opensearch
from ..query import EXAMPLE_QUERIES, KEYBOARD_SHORTCUTS, SYNTAX, And, QueryError, code_pieces, format_query
from ..results import (
    LISTINGS,
    MAX_FACET_VALUES,
    PAGE_FACETS,
    SORTS,
    UNITS,
    Answer,
    Question,
    ValueListOptions,
    Visit,
    answer_question,
    build_chips,
    build_facets,
    build_timeline,
    choose_interval,
    did_you_mean,
    list_values,
    load_more_rows,
    load_newest_sections,
    parts_without_hits,
    read_typed_query,
    scan_sections,
    suggest,
    suggestion_label,
)
from .access import find_article, may_search


class HttpRequest(DjangoHttpRequest):
    """A request as the middleware of django-htmx leaves it."""

    htmx: HtmxDetails


# Pages of a result on each side of the current one that have a link.
_PAGES_AROUND = 2


@require_safe
@may_search
def search_page(request: HttpRequest) -> HttpResponse:
    """The search page; a query that cannot be read is a 400 with the page still usable."""
    question = Question.from_parameters(request.GET)
    now = timezone.now()
    span = question.span(now)
    context = {"question": question, "examples": EXAMPLE_QUERIES}
    try:
        with time_limit(TIME_LIMIT_SECONDS):
            found = answer_question(
                question, now=now, facets=PAGE_FACETS, facet_limit=MAX_FACET_VALUES, histogram=choose_interval(span)
            )
            correction, parts = did_you_mean(found), parts_without_hits(found)
        context |= {"correction": correction, "parts_without_hits": parts}
    except (QueryError, EngineError) as error:
        return _failed(request, "search.html", context, error)
    context |= {
        "answer": found,
        "chips": build_chips(question, span),
        "notes": [
            (note, question.with_query(note.suggested_query) if note.suggested_query else None)
            for note in found.reading.notes
        ],
        "blank": not question.q and not question.is_narrowed,
        "facets": build_facets(question, found.facets, found.facet_sizes),
        "timeline": build_timeline(question, found.histogram, span) if found.histogram else None,
        "units": [(label, question.with_unit(unit), unit == question.unit) for unit, label in UNITS.items()],
        "listings": [
            (label, question.with_grouping(grouped=grouped), grouped == question.grouped)
            for grouped, label in LISTINGS.items()
        ],
        "sorts": [(label, question.with_sort(sort), sort == found.sort) for sort, label in SORTS.items()],
        "exports": [(name, export.label) for name, export in EXPORTS.items()],
        "pages": _page_links(found),
        "last_page": question.with_page(found.pages),
        "broader_questions": _broader_questions(found) if not found.total else [],
    }
    return _render(request, "search.html", context)


@require_safe
@may_search
def more_sections(request: HttpRequest, pk: int) -> HttpResponse:
    """The matching sections of one article that its row does not show, to open in place."""
    question = Question.from_parameters(request.GET)
    querystring = Visit(question).to_querystring()
    article = find_article(request, pk)
    if not request.htmx:
        return redirect(article.get_absolute_url() + querystring)
    try:
        entries, left_out = load_more_rows(question, pk, now=timezone.now())
    except (QueryError, EngineError) as error:
        return HttpResponse(escape(str(error)), status=_status(error))
    return render(request, "_more.html", {"entries": entries, "left_out": left_out, "querystring": querystring})


@require_safe
@may_search
def values_page(request: HttpRequest, name: str) -> HttpResponse:
    """All values of a facet in the result of a question: a page of its own, or a panel over the results."""
    if name not in FACET_NAMES:
        raise Http404(name)
    question = Question.from_parameters(request.GET)
    options = ValueListOptions.from_parameters(request.GET)
    context = {"question": question, "options": options, "name": name, "label": FIELD_BY_NAME[name].label}
    try:
        found = answer_question(question, now=timezone.now(), facets=(name,), limit=0)
    except (QueryError, EngineError) as error:
        return _failed(request, "values.html", context, error)
    context |= {"listed": list_values(question, name, found.facets[name], options), "answer": found}
    return _render(request, "values.html", context)


@require_safe
def help_page(request: HttpRequest) -> HttpResponse:
    """The query language with examples that run, the fields, and the keys."""
    fields = [(field, code_pieces(field.meaning)) for field in FIELDS]
    return _render(request, "help.html", {"language": SYNTAX, "fields": fields, "keys": KEYBOARD_SHORTCUTS})


@require_safe
@may_search
def suggestions(request: HttpRequest) -> HttpResponse:
    """What may be meant by an unfinished query: options for the box, else as OpenSearch suggestions."""
    q = read_typed_query(request.GET)
    try:
        found = suggest(q, now=timezone.now())
    except EngineError:
        # A box that offers nothing is no failure; the search itself will say what fails.
        found = {}
    if request.GET.get("as") == "options":
        groups = [(suggestion_label(kind), kind, found[kind]) for kind in found]
        return render(request, "_suggestions.html", {"groups": groups})
    body = to_opensearch(q, found, base=request.build_absolute_uri(reverse("search")))
    return JsonResponse(body, safe=False, content_type="application/x-suggestions+json")


@require_safe
@may_search
def feed(request: HttpRequest) -> HttpResponse:
    """The newest of a result as an Atom feed."""
    question = Question.from_parameters(request.GET).with_page(1)
    try:
        sections = load_newest_sections(question, FEED_ENTRIES, now=timezone.now())
    except (QueryError, EngineError) as error:
        return _told(error)
    querystring = question.to_querystring()
    atom = make_atom(
        f"{question.q or 'Everything'} – Cuttings",
        sections,
        base=request.build_absolute_uri("/").rstrip("/"),
        page=reverse("search") + querystring,
        feed=reverse("feed") + querystring,
    )
    return HttpResponse(atom, content_type="application/atom+xml; charset=utf-8")


@require_safe
def opensearch(request: HttpRequest) -> HttpResponse:
    """The OpenSearch description document."""
    description = make_opensearch(
        base=request.build_absolute_uri("/").rstrip("/"),
        search=reverse("search"),
        suggest=reverse("suggest"),
        feed=reverse("feed"),
        description=reverse("opensearch"),
        icon=static("cuttings/icon.svg"),
    )
    return HttpResponse(description, content_type="application/opensearchdescription+xml; charset=utf-8")


@require_safe
@may_search
def export(request: HttpRequest, name: str) -> HttpResponseBase:
    """Every section of a result as a download, streamed."""
    if name not in EXPORTS:
        raise Http404(name)
    chosen = EXPORTS[name]
    question = Question.from_parameters(request.GET)
    now = timezone.now()
    try:
        sections = scan_sections(question, now=now)
    except (QueryError, EngineError) as error:
        return _told(error)
    lines = chosen.lines(sections, request.build_absolute_uri("/").rstrip("/"))
    if name == "csv":
        # Excel takes a file without a byte order mark for the system's old code page.
        lines = chain(["\ufeff"], lines)
    stem = slugify(question.q)[:60] or "all"
    return StreamingHttpResponse(
        lines,
        content_type=f"{chosen.media_type}; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="cuttings-{stem}-{now:%Y-%m-%d}.{name}"'},
    )


def _render(request: HttpRequest, template: str, context: dict[str, Any], status: int = 200) -> HttpResponse:
    """Renders a page, or for htmx what is within its main part, with its title."""
    frame = "_part.html" if request.htmx else "base.html"
    response = render(request, template, context | {"frame": frame}, status=status)
    # One address, two answers: no cache may give the part where the page is asked for.
    patch_vary_headers(response, ["HX-Request"])
    return response


def _failed(
    request: HttpRequest, template: str, context: dict[str, Any], error: QueryError | EngineError
) -> HttpResponse:
    """Renders a page that says what is wrong and is still usable."""
    if isinstance(error, QueryError):
        q = context["question"].q
        before, after = q[: error.position], q[error.position :]
        context |= {"error": error, "error_before": before, "error_after": after}
    elif isinstance(error, QueryLimitError):
        context |= {"limit_error": error}
    else:
        context |= {"engine_error": error}
    return _render(request, template, context, _status(error))


def _told(error: QueryError | EngineError) -> HttpResponse:
    """Returns an error as a line of text, for what is no page."""
    return HttpResponse(f"{error}\n", status=_status(error), content_type="text/plain; charset=utf-8")


def _status(error: QueryError | EngineError) -> int:
    """Returns 400 where the query is to be mended, and 503 where the index is."""
    return 400 if isinstance(error, QueryError | QueryLimitError) else 503


def _page_links(found: Answer) -> list[tuple[int, Question] | None]:
    """Returns the pages to link to, with None for a gap."""
    current, last = found.question.page, found.pages
    near = range(current - _PAGES_AROUND, current + _PAGES_AROUND + 1)
    links: list[tuple[int, Question] | None] = []
    for page in sorted({1, last, *(page for page in near if 1 <= page <= last)}):
        if links and links[-1] and links[-1][0] != page - 1:
            links.append(None)
        links.append((page, found.question.with_page(page)))
    return links if last > 1 else []


def _broader_questions(found: Answer) -> list[tuple[str, Question]]:
    """Returns what to ask instead of a question that finds nothing."""
    question, tree = found.question, found.reading.tree
    broader = []
    if question.is_narrowed:
        broader.append(("Without the filters", question.without_filters()))
    if question.unit == "section" and isinstance(tree, And):
        broader.append(("Whole articles instead of single sections", question.with_unit("article")))
    if isinstance(tree, And):
        any_of = " OR ".join(
            f"({format_query(part)})" if isinstance(part, And) else format_query(part) for part in tree.parts
        )
        broader.append(("Any of the terms instead of all", question.with_query(any_of)))
    return broader
