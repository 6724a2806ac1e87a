"""Views of a search: its page, values, suggestions and feed; the help page."""

from http import HTTPStatus
from typing import Any

from django.http import (
    Http404,
    HttpResponse,
    HttpResponseBase,
    HttpResponseRedirect,
    JsonResponse,
    StreamingHttpResponse,
)
from django.shortcuts import redirect, render
from django.templatetags.static import static
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import conditional_page, require_http_methods, require_safe

from archive.imprint import imprint

from ..engines import TIME_LIMIT_SECONDS, DateSpan, EngineError, time_limit
from ..exports import MAX_CELL_CHARS, MAX_PICKED, is_long_cell
from ..fields import FACET_NAMES, FIELD_BY_NAME, FIELDS, PAGE_FACETS
from ..index import engine_features
from ..outputs import MAX_FEED_ENTRIES, make_atom, make_opensearch, to_opensearch
from ..query import KEYBOARD_SHORTCUTS, SPELLINGS, SYNTAX, QueryError, code_pieces
from ..results import (
    MAX_FACET_VALUES,
    PUBLISHED_FACETS,
    TOPIC,
    Answer,
    Question,
    ValueListOptions,
    Visit,
    advise,
    answer_question,
    build_chips,
    build_facets,
    build_published_filter,
    build_timeline,
    choose_interval,
    count_long_sections,
    encode,
    keep_queries,
    list_values,
    load_latest_sections,
    load_more_rows,
    read_dates,
    read_typed_query,
    suggest,
    suggestion_label,
)
from .access import get_article_or_404, login_to_search, read_question
from .controls import build_menus, build_tabs, link_exports, link_pages, statement_rows
from .front import find_examples, front_page
from .responses import HttpRequest, part_error, render_error_page, render_page, site_url, text_error
from .slots import FEED_SLOTS, limit_running
from .statements import statements_context

_FEED_TYPE = "application/atom+xml; charset=utf-8"


# A form that another site sends here does no more than a link from there, so it needs no token: it stores a query that
# anybody who searches may store, and leads to its results.
@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
@login_to_search
def search_page(request: HttpRequest) -> HttpResponse:
    """The search page. A query that cannot be read is answered with 400 and a page that is still usable.

    A long query, and any that is posted, is answered with a redirect to the address that can be kept.
    """
    question = read_question(request)
    is_written_out = "q" in request.GET and question.has_long_query
    if question.fits_address and (request.method == "POST" or is_written_out):
        return HttpResponseRedirect(question.to_querystring(), status=HTTPStatus.SEE_OTHER)
    typed_dates = read_dates(request.GET)
    if question.is_blank and not typed_dates.error:
        return front_page(request)
    now = timezone.now()
    span = question.span(now)
    context: dict[str, Any] = {
        "question": question,
        # A template that shows examples calls it.
        "examples": find_examples,
        "typed_dates": typed_dates,
    }
    try:
        with time_limit(TIME_LIMIT_SECONDS):
            answer = answer_question(
                question,
                now=now,
                facets=PAGE_FACETS + PUBLISHED_FACETS,
                facet_limit=MAX_FACET_VALUES,
                whole_facets=PUBLISHED_FACETS + ((TOPIC,) if question.filter_on(TOPIC).values else ()),
                histogram=choose_interval(span),
                sections_per_row=1,
                limit=0 if question.show else None,
            )
            published = build_published_filter(answer, span, now=now)
            advice = advise(answer, now=now)
            keep_queries(offered.q for offered in advice.questions)
            statements = statements_context(question, answer, now=now) if question.show else {}
            too_long = 0
            if answer.total and not question.show:
                too_long = count_long_sections(question, answer.index, MAX_CELL_CHARS, is_long_cell, now=now)
    except (QueryError, EngineError) as error:
        return render_error_page(request, "search.html", context, error)
    context |= _result_context(question, answer, span) | statements
    context |= {"published": published, "too_long": too_long, **vars(advice)}
    return render_page(request, "search.html", context)


def _result_context(question: Question, answer: Answer, span: DateSpan | None) -> dict[str, Any]:
    """Returns the variables of a result: its filters, its timeline, its rows and what can be done with them."""
    chips = build_chips(question, span)
    return {
        "answer": answer,
        "chips": chips,
        "excluded": [chip for chip in chips if chip.excluded],
        "facets": build_facets(question, {name: answer.facets[name] for name in PAGE_FACETS}, answer.facet_sizes),
        "timeline": build_timeline(question, answer.histogram, span) if answer.histogram else None,
        "max_cell_chars": MAX_CELL_CHARS,
        "exports": link_exports(question),
        "export_page": f"{reverse('export-panel')}?{encode(question.parameters)}{statement_rows(question)}",
        "max_picked": MAX_PICKED,
        "tabs": build_tabs(question),
        "menus": build_menus(question, answer),
        "folded": question.with_listing("folded"),
        "pages": link_pages(question, answer.pages),
        "last_page": question.with_page(answer.pages),
    }


@require_safe
@login_to_search
def more_sections(request: HttpRequest, pk: int) -> HttpResponse:
    """The matching sections of an article beyond those in its row, to open in place."""
    question = read_question(request)
    querystring = Visit(question).to_querystring()
    article = get_article_or_404(request, pk)
    if not request.htmx:
        return redirect(article.get_absolute_url() + querystring)
    try:
        sections, left_out = load_more_rows(question, pk, now=timezone.now())
        context = {"sections": sections, "left_out": left_out, "querystring": querystring}
        response = render(request, "_more.html", context)
    except (QueryError, EngineError) as error:
        response = part_error(error)
    # Else htmx would push the address of a boosted link into the history, and going back would lead to it.
    response.headers["HX-Push-Url"] = "false"
    return response


@require_safe
@login_to_search
def values_page(request: HttpRequest, name: str) -> HttpResponse:
    """All values of a facet in a result: a page, or a panel over the results."""
    if name not in FACET_NAMES:
        raise Http404(name)
    question = read_question(request)
    options = ValueListOptions.from_parameters(request.GET)
    context = {"question": question, "options": options, "name": name, "label": FIELD_BY_NAME[name].label}
    try:
        answer = answer_question(question, now=timezone.now(), facets=(name,), limit=0)
    except (QueryError, EngineError) as error:
        return render_error_page(request, "values.html", context, error)
    context |= {"value_list": list_values(question, name, answer.facets[name], options), "answer": answer}
    return render_page(request, "values.html", context)


@require_safe
def help_page(request: HttpRequest) -> HttpResponse:
    """The query language with examples to try, the fields, and the keyboard shortcuts."""
    fields = [(field, code_pieces(field.meaning)) for field in FIELDS]
    language = {"language": SYNTAX, "spellings": SPELLINGS, "fields": fields}
    context = {**language, "features": engine_features(), "keys": KEYBOARD_SHORTCUTS}
    return render_page(request, "help.html", context)


@require_safe
@login_to_search
def suggestions(request: HttpRequest) -> HttpResponse:
    """Completions of a query: options for the search box, or an OpenSearch response."""
    q = read_typed_query(request.GET)
    try:
        found = suggest(q, now=timezone.now())
    except EngineError:
        # The box works without suggestions; the search itself reports what failed.
        found = {}
    if request.GET.get("as") == "options":
        groups = [(suggestion_label(kind), kind, found[kind]) for kind in found]
        return render(request, "_suggestions.html", {"groups": groups})
    body = to_opensearch(q, found, search_url=request.build_absolute_uri(reverse("search")))
    return JsonResponse(body, safe=False, content_type="application/x-suggestions+json")


@require_safe
@login_to_search
@limit_running(FEED_SLOTS)
@conditional_page
def feed(request: HttpRequest) -> HttpResponseBase:
    """The sections of a result that are new to the archive, as an Atom feed; 304 where it is as the reader has it."""
    question = read_question(request).with_page(1)
    try:
        if request.method == "HEAD":
            question.check(timezone.now())
            # Without a length, which a complete response would get.
            return StreamingHttpResponse((), content_type=_FEED_TYPE)
        sections = load_latest_sections(question, MAX_FEED_ENTRIES, now=timezone.now())
    except (QueryError, EngineError) as error:
        return text_error(error)
    querystring = question.to_querystring()
    atom = make_atom(
        f"{question.short_query or 'Everything'} – {imprint().name}",
        sections,
        site_url=site_url(request),
        page_path=reverse("search") + querystring,
        feed_path=reverse("feed") + querystring,
    )
    return HttpResponse(atom, content_type=_FEED_TYPE)


@require_safe
def opensearch(request: HttpRequest) -> HttpResponse:
    """The OpenSearch description document."""
    description = make_opensearch(
        site_url=site_url(request),
        search=reverse("search"),
        suggest=reverse("suggest"),
        feed=reverse("feed"),
        description=reverse("opensearch"),
        icon=static("cuttings/icon.svg"),
    )
    return HttpResponse(description, content_type="application/opensearchdescription+xml; charset=utf-8")
