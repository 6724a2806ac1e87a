"""The search page and exports. Nothing imports this but the addresses."""

from itertools import chain

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.text import slugify
from django.views.decorators.http import require_safe

from .access import may_search
from .corrections import did_you_mean, parts_without_hits
from .deadline import time_limit
from .engine import TIME_LIMIT_SECONDS, EngineError, QueryLimitError
from .exports import EXPORTS
from .facets import PAGE_FACETS, UNFOLDED_VALUES, build_chips, build_facets
from .query import QueryError
from .questions import SORTS, UNITS, Question, Visit
from .results import Answer, answer, scan_rows
from .sync import engine
from .tree import And, format_query

# Queries that show what can be asked; the empty page offers them.
EXAMPLES = (
    ("prisoner exchange", "both words, in any form"),
    ('"nuclear power plant"', "these words in this order"),
    ("ceasefire OR truce", "either word"),
    ("talks NOT sanctions", "one word without the other"),
    ("peace w/5 talks", "within five words"),
    ("sanction*", "all that begins so"),
    ("headline:prisoner", "a word in the headline"),
    ("date:2025-05..2025-06", "a span of time"),
)

# Pages of a result on each side of the current one that have a link.
_PAGES_AROUND = 2


@require_safe
@may_search
def search_page(request: HttpRequest) -> HttpResponse:
    """The search page; a query that cannot be read is a 400 with the page still usable."""
    question = Question.from_parameters(request.GET)
    context = {"question": question, "examples": EXAMPLES, "chips": build_chips(question)}
    try:
        with time_limit(TIME_LIMIT_SECONDS):
            found = answer(question, now=timezone.now(), facets=PAGE_FACETS, facet_limit=UNFOLDED_VALUES)
            meant, parts = did_you_mean(engine(), found), parts_without_hits(engine(), found)
        context |= {"meant": meant, "parts_without_hits": parts}
    except QueryError as error:
        before, after = question.q[: error.position], question.q[error.position :]
        context |= {"error": error, "error_before": before, "error_after": after}
        return render(request, "search.html", context, status=400)
    except QueryLimitError as error:
        return render(request, "search.html", context | {"limit_error": error}, status=400)
    except EngineError as error:
        return render(request, "search.html", context | {"engine_error": error}, status=503)
    context |= {
        "answer": found,
        # A page that is opened from here knows the way back.
        "asked": Visit(question).to_querystring(),
        "notes": [(note, question.asking(note.instead) if note.instead else None) for note in found.reading.notes],
        "blank": not question.q and not question.filters,
        "facets": build_facets(question, found.facets, found.facet_sizes),
        "units": [(label, question.in_unit(unit), unit == question.unit) for unit, label in UNITS.items()],
        "sorts": [(label, question.sorted_by(sort), sort == found.sort) for sort, label in SORTS.items()],
        "exports": [(name, export.label) for name, export in EXPORTS.items()],
        "pages": _page_links(found),
        "wider": _wider_questions(found) if not found.total else [],
    }
    return render(request, "search.html", context)


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
        sections = scan_rows(question, now=now)
    except (QueryError, QueryLimitError) as error:
        return HttpResponse(f"{error}\n", status=400, content_type="text/plain; charset=utf-8")
    except EngineError as error:
        return HttpResponse(f"{error}\n", status=503, content_type="text/plain; charset=utf-8")
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


def _page_links(found: Answer) -> list[tuple[int, Question] | None]:
    """Returns the pages to link to, with None for a gap."""
    current, last = found.question.page, found.pages
    near = range(current - _PAGES_AROUND, current + _PAGES_AROUND + 1)
    links: list[tuple[int, Question] | None] = []
    for page in sorted({1, last, *(page for page in near if 1 <= page <= last)}):
        if links and links[-1] and links[-1][0] != page - 1:
            links.append(None)
        links.append((page, found.question.to_page(page)))
    return links if last > 1 else []


def _wider_questions(found: Answer) -> list[tuple[str, Question]]:
    """Returns what to ask instead of a question that finds nothing."""
    question, tree = found.question, found.reading.tree
    wider = []
    if question.filters:
        wider.append(("the same without filters", question.without_filters()))
    if question.unit == "section" and isinstance(tree, And):
        wider.append(("articles whose sections together have all of it", question.in_unit("article")))
    if isinstance(tree, And):
        any_of = " OR ".join(
            f"({format_query(part)})" if isinstance(part, And) else format_query(part) for part in tree.parts
        )
        wider.append(("any part of it instead of all", question.asking(any_of)))
    return wider
