"""The pages on which one reads and cites: an article, a section, citations. Nothing imports this but the addresses."""

from typing import Any

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from archive.models import Article, ArticleVersion, Section

from ..articles import (
    ArticleView,
    PinnedCapture,
    SectionView,
    VersionError,
    compare_captures,
    find_pinned,
    load_versions,
    read_article,
    read_section,
    short_sha256,
    summarize_captures,
)
from ..engines import TIME_LIMIT_SECONDS, EngineError, QueryLimitError, time_limit
from ..outputs import CITATIONS, Reference, Update, article_reference, head_tags, schema_org, section_reference
from ..query import Everything, Node, QueryError
from ..results import SECTION_ORDERS, Question, Visit, find_related
from .access import find_article, find_section, may_search

# The latest captures stand on the article's own page, all of them on a page of theirs.
SHOWN_CAPTURES = 4
CAPTURES_A_PAGE = 50


@require_safe
@may_search
def article_page(request: HttpRequest, pk: int, slug: str = "") -> HttpResponse:
    """An article with its sections, as it stands, as one capture held it, or one capture beside another.

    What the question of the address matches is marked.
    """
    article = find_article(request, pk)
    if request.path != article.get_absolute_url():
        address = request.get_full_path().replace(request.path, article.get_absolute_url(), 1)
        moved = redirect(address, permanent=True)
        # Browsers keep a permanent redirect for good: once the first headline is back, two would lead to each other.
        moved.headers["Cache-Control"] = "no-cache"
        return moved
    versions = load_versions(article)
    pinned, against, error = _pinned(request, versions)
    if pinned and against:
        return _compared(request, article, pinned, against)
    visit = Visit.from_parameters(request.GET).with_capture(short_sha256(pinned.version.capture) if pinned else "")
    unmarked_reason = ""
    try:
        with time_limit(TIME_LIMIT_SECONDS):
            article_view = read_article(article, _tree(visit.question), visit.order, pinned=pinned)
    except QueryLimitError as problem:
        unmarked_reason = str(problem)
        article_view = read_article(article, Everything(), visit.order, pinned=pinned)
    shown = pinned.version if pinned else article
    cited = pinned.version if pinned else versions[-1]
    topics = pinned.version.topic_names if pinned else [topic.name for topic in article.topics.all()]
    reference = article_reference(article, cited, request, pinned=pinned is not None)
    context = {
        **_about(request, article, pinned),
        "shown": shown,
        "error": error,
        "article_view": article_view,
        "unmarked_reason": unmarked_reason,
        "topics": [(name, Question().toggle_value("topic", name)) for name in topics],
        "latest": versions[-1],
        "capture_summaries": summarize_captures(versions, versions[: -SHOWN_CAPTURES - 1 : -1])
        if len(versions) > 1
        else [],
        "capture_count": len(versions),
        "question": visit.question,
        "visits": {"current": visit.with_capture("")}
        | {
            name: visit.with_capture(short_sha256(version.capture))
            for name in ("before", "after", "latest")
            if pinned and (version := getattr(pinned, name))
        },
        "orders": [(label, visit.with_order(order), order == visit.order) for order, label in SECTION_ORDERS.items()],
        "head_tags": head_tags(reference, topics),
        "schema_org": schema_org(
            reference,
            standfirst=shown.standfirst,
            updated=shown.updated,
            topics=topics,
            updates=_updates(request, article_view) if shown.kind == Article.Kind.LIVE else None,
        ),
    }
    return render(request, "article.html", context, status=404 if error else 200)


def _compared(request: HttpRequest, article: Article, pinned: PinnedCapture, against: PinnedCapture) -> HttpResponse:
    """The page of what changed between two captures of an article."""
    context = {
        **_about(request, article, pinned),
        "against": against,
        "comparison": compare_captures(article, pinned, against),
        "question": Question(),
    }
    return render(request, "comparison.html", context)


@require_safe
@may_search
def captures_page(request: HttpRequest, pk: int) -> HttpResponse:
    """Every capture of an article, newest first: what each holds and changed, and any two to be compared."""
    article = find_article(request, pk)
    versions = load_versions(article)
    page = Paginator(versions[::-1], CAPTURES_A_PAGE).get_page(request.GET.get("page"))
    context = {
        **_about(request, article, None),
        "page": page,
        "capture_summaries": summarize_captures(versions, list(page)),
        "selectable": True,
    }
    return render(request, "captures.html", context)


@require_safe
@may_search
def article_citations(request: HttpRequest, pk: int) -> HttpResponse:
    """An article, as it stands or as one capture held it, in every form of citation."""
    article = find_article(request, pk)
    reference, pinned, latest = _cited(request, article)
    context = {
        **_about(request, article, pinned),
        "shown": pinned.version if pinned else article,
        "latest": latest,
        "head_tags": head_tags(reference),
        "citations": _forms(
            reference,
            reverse("article-citations", args=[pk])[:-1],
            f"?capture={short_sha256(pinned.version.capture)}" if pinned else "",
        ),
    }
    return render(request, "cite.html", context)


@require_safe
@may_search
def article_citation(request: HttpRequest, pk: int, name: str) -> HttpResponse:
    """An article, as it stands or as one capture held it, in one form of citation, as a file."""
    reference, _, _ = _cited(request, find_article(request, pk))
    return _citation_file(reference, name)


@require_safe
@may_search
def section_page(request: HttpRequest, pk: int) -> HttpResponse:
    """A section by itself, in the version that the address cites: its permalink, its versions, its citations."""
    section = find_section(request, pk)
    section_view, error = _reading(request, section)
    reference = section_reference(section_view.version, request)
    context: dict[str, Any] = {
        "section": section,
        "article": section.article,
        "curators_only": section.article.is_held(timezone.now()),
        "section_view": section_view,
        "error": error,
        "head_tags": head_tags(reference),
        "schema_org": schema_org(reference, updated=section_view.version.updated),
        "citations": _forms(
            reference, f"{reverse('section', args=[pk])}cite", f"?version={section_view.version.number}"
        ),
    }
    try:
        context["related"] = find_related(section, section_view.version)
    except EngineError as problem:
        context["related_error"] = problem
    return render(request, "section.html", context, status=404 if error else 200)


@require_safe
@may_search
def section_citation(request: HttpRequest, pk: int, name: str) -> HttpResponse:
    """A section in one form of citation, as a file."""
    section_view, error = _reading(request, find_section(request, pk))
    if error:
        raise Http404(str(error))
    return _citation_file(section_reference(section_view.version, request), name)


def _reading(request: HttpRequest, section: Section) -> tuple[SectionView, VersionError | None]:
    """Returns the section in the version asked for; as it stands, and the error, where there is none."""
    try:
        return read_section(section, request.GET.dict()), None
    except VersionError as error:
        return read_section(section, {}), error


def _pinned(
    request: HttpRequest, versions: tuple[ArticleVersion, ...]
) -> tuple[PinnedCapture | None, PinnedCapture | None, VersionError | None]:
    """Returns the capture asked for and the one to compare it with; an error instead where there is no such one."""
    try:
        return (*find_pinned(versions, request.GET.dict()), None)
    except VersionError as error:
        return None, None, error


def _cited(request: HttpRequest, article: Article) -> tuple[Reference, PinnedCapture | None, ArticleVersion]:
    """Returns what a citation of an article says, as of the capture asked for if one is, and its latest version."""
    versions = load_versions(article)
    pinned, _, error = _pinned(request, versions)
    if error:
        raise Http404(str(error))
    version = pinned.version if pinned else versions[-1]
    return article_reference(article, version, request, pinned=pinned is not None), pinned, versions[-1]


def _about(request: HttpRequest, article: Article, pinned: PinnedCapture | None) -> dict[str, Any]:
    """Returns what every page of an article tells of it."""
    return {
        "article": article,
        "curators_only": article.is_held(timezone.now()),
        "source_question": Question().toggle_value("source", article.source.name),
        "pinned": pinned,
        "show_full_paths": request.user.has_perm("archive.view_capture"),
    }


def _updates(request: HttpRequest, article_view: ArticleView) -> list[Update]:
    site = request.build_absolute_uri("/").rstrip("/")
    return [
        Update(
            entry.version.heading, site + entry.permalink, entry.version.published, entry.version.published_precision
        )
        for entry in article_view.entries
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
        return question.parse(timezone.now()).tree
    except QueryError:
        return Everything()
