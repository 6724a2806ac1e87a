"""Views of articles: current, in a capture, compared; their captures and citations. Sections are in `sections`."""

from dataclasses import replace
from datetime import datetime
from functools import cache
from typing import Any

from django.core.paginator import Paginator
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from archive.copies import find_group, other_captures
from archive.models import Article, ArticleVersion

from ..articles import (
    ArticleView,
    Part,
    PinnedCapture,
    ReceivedArticle,
    VersionError,
    as_received,
    capture_name,
    compare_captures,
    curated_fields,
    curated_values,
    find_article_withdrawal,
    find_gone_answers,
    find_matching_parts,
    find_pinned,
    in_capture,
    is_gone_since,
    is_withheld,
    latest_of,
    open_article,
    received_topics,
    summarize_captures,
)
from ..index import IndexGetter, shown_index
from ..outputs import LiveUpdate, Reference, article_reference, head_tags, schema_org
from ..results import SECTION_ORDERS, Question, Visit, add_parameters
from .access import (
    WithdrawnError,
    get_article_or_404,
    load_versions_or_404,
    login_to_search,
    read_visit,
    viewer_of,
)
from .citing import download_citation, write_citations
from .marks import marks_context, remember_marks, with_chosen_marks
from .responses import HttpRequest, link_topics, site_url
from .visits import visit_context

# Of the times at which the same bytes were received, so many are listed.
_MAX_LISTED_TIMES = 12
# A text that more outlets printed is searched for.
_MAX_LISTED_COPIES = 25
# The latest captures are listed beside the article; all of them have a page of their own.
_MAX_CAPTURES_BESIDE = 4
# What they changed is counted where they have so few sections together that it takes a twentieth of a second.
_MAX_SECTIONS_BESIDE = 3_000
MAX_CAPTURES_PER_PAGE = 50


@require_safe
@login_to_search
def article_page(request: HttpRequest, pk: int, slug: str = "") -> HttpResponse:
    """An article with its sections: the current one, in one capture, or one capture compared with another.

    The matches of the question in the URL are marked.
    """
    article = _get_at_address_or_404(request, pk)
    if article.pk != pk or request.path != article.get_absolute_url():
        return _redirect_to(request, article)
    versions, has_others = load_versions_or_404(request, article)
    viewer = viewer_of(request)
    now = viewer.now
    pinned, against, error = _find_pinned(request, versions)
    if pinned and against:
        return _comparison_page(request, article, pinned, against)
    get_index = cache(shown_index)
    opened = with_chosen_marks(request, read_visit(request))
    visit = replace(opened, capture=capture_name(pinned.version.capture) if pinned else "")
    latest = latest_of(versions, now)
    # The version before one that is shown may be withheld.
    article_view = open_article(
        article, visit, viewer=viewer, pinned=pinned, link_changes=not has_others, get_index=get_index
    )
    shown = pinned.version if pinned else article
    topics = pinned.version.topic_names if pinned else [topic.name for topic in article.topics.all()]
    reference, received = _refer_to(request, article, versions, pinned)
    curates_topics = not pinned and "topics" in article.curated_fields
    cited_topics = received_topics(versions) if curates_topics else topics
    context = {
        **_article_context(request, article, pinned, visit, get_index),
        **_view_context(article, article_view, visit),
        "shown": shown,
        "received": received,
        "curated": reference.curated,
        "error": error,
        **_part_context(article_view.part, visit, pinned, get_index),
        **_filter_context(article_view, visit),
        "topics": link_topics(topics),
        "latest": latest,
        **_copies_context(article, pinned, now),
        "gone_since": is_gone_since(find_gone_answers(article, versions), versions),
        "received_at": _received_at(versions, pinned),
        "max_times": _MAX_LISTED_TIMES,
        "capture_summaries": summarize_captures(
            versions, _latest_captures(versions), viewer=viewer, max_sections=_MAX_SECTIONS_BESIDE
        ),
        "capture_count": len(versions),
        "visits": _neighbouring_visits(visit, pinned),
        "orders": [(label, visit.with_order(order), order == visit.order) for order, label in SECTION_ORDERS.items()],
        "head_tags": head_tags(reference, cited_topics),
        "schema_org": schema_org(
            reference,
            standfirst=received.standfirst,
            updated=received.last_change,
            topics=cited_topics,
            updates=_updates(request, article, article_view) if shown.kind == Article.Kind.LIVE else None,
        ),
    }
    response = render(request, "article.html", context, status=404 if error else 200)
    return remember_marks(response, visit)


def _view_context(article: Article, article_view: ArticleView, visit: Visit) -> dict[str, Any]:
    """Returns the words of the page, with what is marked in them, and how to mark more or less."""
    marks = {"page_marks": article_view.marks, **marks_context(visit, article.get_absolute_url())}
    return {"article_view": article_view, **marks}


def _copies_context(article: Article, pinned: PinnedCapture | None, now: datetime) -> dict[str, Any]:
    """Returns what the page says of the copies of an article, which no single capture is about."""
    return {
        "copies": None if pinned else find_group(article, now),
        "other_captures": [] if pinned else other_captures(article, now),
        "max_copies": _MAX_LISTED_COPIES,
    }


def _get_at_address_or_404(request: HttpRequest, pk: int) -> Article:
    """Returns the article that the page of a number shows, or leads to if it is another address of that."""
    asks_for_capture = bool({"capture", "against"} & request.GET.keys())
    try:
        article = get_article_or_404(request, pk)
        main = article.same_as_id
    except WithdrawnError:
        raise
    except Http404:
        # Its captures may be closed with a section of the article that it leads to.
        main = Article.objects.filter(pk=pk).values_list("same_as", flat=True).first()
        if main is None or asks_for_capture:
            raise
    return article if main is None or asks_for_capture else get_article_or_404(request, main)


def _part_context(part: Part, visit: Visit, pinned: PinnedCapture | None, get_index: IndexGetter) -> dict[str, Any]:
    """Returns the part that is shown, the visits to other parts, and the parameters of the canonical URL."""
    # The index knows the current sections alone.
    matching = None if pinned else find_matching_parts(part, visit.question, now=timezone.now(), get_index=get_index)
    numbers = {"first": 1, "previous": part.previous, "next": part.next, "last": part.count}
    if matching:
        numbers |= {"previous_match": matching.previous, "next_match": matching.next}
    is_canonical = not pinned and visit.order == "outlet" and not visit.is_filtered
    return {
        "part": part,
        "parts": {name: visit.with_part(number) for name, number in numbers.items() if number not in (0, part.number)},
        "matching_parts": matching,
        "canonical_parameters": Visit(part=part.number).to_querystring() if is_canonical else "",
    }


def _filter_context(article_view: ArticleView, visit: Visit) -> dict[str, Any]:
    """Returns the visit, the visits that filter its entries otherwise, and the words for its entries."""
    noun = "entry" if article_view.is_live else "section"
    nouns = "entries" if article_view.is_live else "sections"
    return {
        "visit": visit,
        "unfiltered": visit.with_filter(),
        "toggled_key_events": visit.with_filter(find=visit.find, key_events=not visit.key_events),
        "overview_noun": noun,
        "overview_nouns": noun if article_view.overview.entries == 1 else nouns,
    }


def _redirect_to(request: HttpRequest, article: Article) -> HttpResponse:
    """Redirects to the URL with the article's current headline, and keeps the parameters."""
    address = request.get_full_path().replace(request.path, article.get_absolute_url(), 1)
    response = redirect(address, permanent=True)
    # Browsers keep permanent redirects: if an earlier headline came back, two of them would lead to each other.
    response.headers["Cache-Control"] = "no-cache"
    return response


def _latest_captures(versions: tuple[ArticleVersion, ...]) -> tuple[ArticleVersion, ...]:
    """Returns the captures to list beside the article, newest first; none where there is only one."""
    return versions[: -_MAX_CAPTURES_BESIDE - 1 : -1] if len(versions) > 1 else ()


def _received_at(versions: tuple[ArticleVersion, ...], pinned: PinnedCapture | None) -> list[datetime]:
    """Returns all times at which the bytes of the pinned capture were received, in order."""
    sha256 = pinned.version.capture.sha256 if pinned else ""
    return [at for version in versions if version.capture.sha256 == sha256 for at in version.capture.received]


def _neighbouring_visits(visit: Visit, pinned: PinnedCapture | None) -> dict[str, Visit]:
    """Returns the same visit to the current article and to the captures before, after and latest of all."""
    captures = {"before": pinned.before, "after": pinned.after, "latest": pinned.latest} if pinned else {}
    return {"current": visit.with_capture("")} | {
        name: visit.with_capture(capture_name(version.capture)) for name, version in captures.items() if version
    }


def _comparison_page(
    request: HttpRequest, article: Article, pinned: PinnedCapture, against: PinnedCapture
) -> HttpResponse:
    """What changed between two captures of an article."""
    visit = read_visit(request)
    context = {
        **_article_context(request, article, pinned, visit),
        "against": against,
        "received": in_capture(article, pinned.versions, pinned.version),
        "comparison": compare_captures(article, pinned, against, viewer=viewer_of(request), part=visit.part),
    }
    return render(request, "comparison.html", context)


@require_safe
@login_to_search
def captures_page(request: HttpRequest, pk: int) -> HttpResponse:
    """All captures of an article, newest first, with what each changed; any two can be compared."""
    article = get_article_or_404(request, pk)
    versions, _ = load_versions_or_404(request, article)
    answers = find_gone_answers(article, versions)
    visit = read_visit(request)
    # Where there was a search, `page` is that of its results.
    searched = not visit.question.with_page(1).is_blank
    number = visit.part if searched or visit.part > 1 else visit.question.page
    page = Paginator(versions[::-1], MAX_CAPTURES_PER_PAGE).get_page(number)
    context = {
        **_article_context(request, article, None, visit),
        "curated": curated_values(article, versions),
        "page": page,
        "capture_summaries": summarize_captures(versions, list(page), viewer=viewer_of(request)),
        "gone_answers": answers,
        "gone_since": is_gone_since(answers, versions),
        "selectable": True,
    }
    return render(request, "captures.html", context)


@require_safe
@login_to_search
def article_citations(request: HttpRequest, pk: int) -> HttpResponse:
    """An article, current or in one capture, in every citation format."""
    article = get_article_or_404(request, pk)
    reference, received, pinned, latest = _cite_article(request, article)
    visit = read_visit(request)
    context = {
        **_article_context(request, article, pinned, visit),
        "shown": pinned.version if pinned else article,
        "received": received,
        "curated": reference.curated,
        "latest": latest,
        "head_tags": head_tags(reference),
        "citations": write_citations(
            reference, "article-citation", pk, f"?capture={capture_name(pinned.version.capture)}" if pinned else ""
        ),
    }
    return render(request, "cite.html", context)


@require_safe
@login_to_search
def article_citation(request: HttpRequest, pk: int, name: str) -> HttpResponseBase:
    """An article, current or in one capture, in one citation format, as a file."""
    reference, *_ = _cite_article(request, get_article_or_404(request, pk))
    return download_citation(reference, name)


def _find_pinned(
    request: HttpRequest, versions: tuple[ArticleVersion, ...]
) -> tuple[PinnedCapture | None, PinnedCapture | None, VersionError | None]:
    """Returns the captures that the URL names as `capture` and `against`; the error where one does not exist."""
    try:
        return (*find_pinned(versions, request.GET.dict(), now=timezone.now()), None)
    except VersionError as error:
        return None, None, error


def _cite_article(
    request: HttpRequest, article: Article
) -> tuple[Reference, ReceivedArticle, PinnedCapture | None, ArticleVersion]:
    """Returns what a citation says, the values as received, the capture that the URL names, and the latest version.

    Raises Http404.
    """
    versions, _ = load_versions_or_404(request, article)
    pinned, _, error = _find_pinned(request, versions)
    if error:
        raise Http404(str(error))
    return *_refer_to(request, article, versions, pinned), pinned, latest_of(versions, timezone.now())


def _refer_to(
    request: HttpRequest, article: Article, versions: tuple[ArticleVersion, ...], pinned: PinnedCapture | None
) -> tuple[Reference, ReceivedArticle]:
    """Returns the reference of an article and its values as received, both of the pinned capture if there is one."""
    if pinned:
        received = in_capture(article, versions, pinned.version)
        return article_reference(article, pinned.version, site_url(request), received=received, pinned=True), received
    received = as_received(article, versions)
    curated = curated_values(article, versions)
    latest = latest_of(versions, timezone.now())
    return article_reference(article, latest, site_url(request), received=received, curated=curated), received


def _article_context(
    request: HttpRequest,
    article: Article,
    pinned: PinnedCapture | None,
    visit: Visit,
    get_index: IndexGetter = shown_index,
) -> dict[str, Any]:
    """Returns the variables that the templates of an article's pages have in common."""
    capture = f"?capture={capture_name(pinned.version.capture)}" if pinned else ""
    parameters = visit.search_parameters
    return {
        **visit_context(visit, article.pk, get_index),
        "article": article,
        "cite_url": add_parameters(reverse("article-citations", args=[article.pk]) + capture, parameters),
        "captures_url": add_parameters(reverse("captures", args=[article.pk]), parameters),
        "curators_only": article.is_hidden_anyway(timezone.now()),
        "withdrawal": find_article_withdrawal(article, now=timezone.now()),
        "note": pinned.version.note if pinned else article.note,
        "source_question": Question().toggle_value("source", article.source.name),
        "pinned": pinned,
        "curated_fields": curated_fields(article) if pinned else [],
        "is_withheld": pinned is not None and is_withheld(pinned.version, timezone.now()),
        "show_full_paths": request.user.has_perm("archive.view_capture"),
    }


def _updates(request: HttpRequest, article: Article, article_view: ArticleView) -> list[LiveUpdate]:
    """Returns the entries of a live page for schema.org, as received."""
    site = site_url(request)
    zone, updates = article.source.zone, []
    for entry in article_view.entries:
        if entry.placed.is_left_out:
            continue
        received = entry.placed.received or entry.version
        permalink = site + entry.permalink if entry.permalink else ""
        updates.append(LiveUpdate(received.heading, permalink, received.time_published(zone)))
    return updates
