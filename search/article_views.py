"""The pages on which one reads and cites: an article, a section, citations. Nothing imports this but the addresses."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from archive.models import Article, Capture, Section

from .access import find_article, find_section, may_search
from .citations import CITATIONS, Reference
from .deadline import time_limit
from .engine import TIME_LIMIT_SECONDS, EngineError, QueryLimitError
from .metadata import Update, head_tags, schema_org
from .query import QueryError
from .questions import ORDERS, Question, Visit
from .reading import ReadArticle, read_article
from .references import article_reference, section_reference
from .related import find_related
from .tree import Everything, Node
from .versions import Reading, VersionError, read_section


@require_safe
@may_search
def article_page(request: HttpRequest, pk: int, slug: str) -> HttpResponse:
    """An article with its sections; what the question of the address matches is marked."""
    article = find_article(request, pk)
    if request.path != article.get_absolute_url():
        return redirect(request.get_full_path().replace(request.path, article.get_absolute_url(), 1), permanent=True)
    visit = Visit.from_parameters(request.GET)
    unmarked = ""
    try:
        with time_limit(TIME_LIMIT_SECONDS):
            read = read_article(article, _tree(visit.question), visit.order)
    except QueryLimitError as error:
        unmarked = str(error)
        read = read_article(article, Everything(), visit.order)
    topics = [topic.name for topic in article.topics.all()]
    captures = _captures(article)
    reference = article_reference(article, captures[-1], request)
    context = {
        "article": article,
        "held": article.is_held(timezone.now()),
        "read": read,
        "unmarked": unmarked,
        "topics": [(name, Question().choosing("topic", name)) for name in topics],
        "source_question": Question().choosing("source", article.source.name),
        "captures": captures,
        "question": visit.question,
        "orders": [(label, visit.ordered(order), order == visit.order) for order, label in ORDERS.items()],
        "head_tags": head_tags(reference, topics),
        "schema_org": schema_org(
            reference,
            standfirst=article.standfirst,
            updated=article.updated,
            topics=topics,
            updates=_updates(request, read) if article.kind == Article.Kind.LIVE else None,
        ),
    }
    return render(request, "article.html", context)


@require_safe
@may_search
def article_citations(request: HttpRequest, pk: int) -> HttpResponse:
    """An article in every form of citation."""
    article = find_article(request, pk)
    reference = article_reference(article, _captures(article)[-1], request)
    context = {
        "article": article,
        "head_tags": head_tags(reference),
        "forms": _forms(reference, reverse("article-citations", args=[pk])[:-1]),
    }
    return render(request, "cite.html", context)


@require_safe
@may_search
def article_citation(request: HttpRequest, pk: int, name: str) -> HttpResponse:
    """An article in one form of citation, as a file."""
    article = find_article(request, pk)
    return _citation_file(article_reference(article, _captures(article)[-1], request), name)


@require_safe
@may_search
def section_page(request: HttpRequest, pk: int) -> HttpResponse:
    """A section by itself, in the version that the address cites: its permalink, its versions, its citations."""
    section = find_section(request, pk)
    reading, error = _reading(request, section)
    reference = section_reference(reading.version, request)
    context: dict[str, Any] = {
        "section": section,
        "article": section.article,
        "held": section.article.is_held(timezone.now()),
        "reading": reading,
        "error": error,
        "head_tags": head_tags(reference),
        "schema_org": schema_org(reference, updated=reading.version.updated),
        "forms": _forms(reference, f"{reverse('section', args=[pk])}cite", f"?version={reading.version.number}"),
    }
    try:
        context["related"] = find_related(section, reading.version)
    except EngineError as problem:
        context["related_error"] = problem
    return render(request, "section.html", context, status=404 if error else 200)


@require_safe
@may_search
def section_citation(request: HttpRequest, pk: int, name: str) -> HttpResponse:
    """A section in one form of citation, as a file."""
    reading, error = _reading(request, find_section(request, pk))
    if error:
        raise Http404(str(error))
    return _citation_file(section_reference(reading.version, request), name)


def _reading(request: HttpRequest, section: Section) -> tuple[Reading, VersionError | None]:
    """Returns the section in the version asked for; as it stands, and the error, where there is none."""
    try:
        return read_section(section, request.GET.dict()), None
    except VersionError as error:
        return read_section(section, {}), error


def _captures(article: Article) -> list[Capture]:
    return list(article.captures.order_by("captured", "id"))


def _updates(request: HttpRequest, read: ReadArticle) -> list[Update]:
    site = request.build_absolute_uri("/").rstrip("/")
    return [
        Update(
            entry.version.heading, site + entry.permalink, entry.version.published, entry.version.published_precision
        )
        for entry in read.entries
    ]


def _forms(reference: Reference, address: str, parameters: str = "") -> list[dict[str, str]]:
    """Returns every form of citation for a template, with where it can be had as a file."""
    return [
        {
            "name": name,
            "label": form.label,
            "note": form.note,
            "text": form.write(reference),
            "url": f"{address}.{name}{parameters}",
        }
        for name, form in CITATIONS.items()
    ]


def _citation_file(reference: Reference, name: str) -> HttpResponse:
    form = CITATIONS.get(name)
    if form is None:
        raise Http404(name)
    return HttpResponse(
        form.write(reference),
        content_type=f"{form.media_type}; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{reference.key}.{form.extension}"'},
    )


def _tree(question: Question) -> Node:
    """Returns what to mark; nothing, where the query cannot be read."""
    try:
        return question.read(timezone.now()).tree
    except QueryError:
        return Everything()
