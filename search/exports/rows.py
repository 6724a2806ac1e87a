"""The rows of an export: sections or articles with their words, loaded in bounded memory.

An export of a large archive is a matter of how long each row takes. So a section is no record of the database but has
its columns; its article and its capture are records, which the rows of a chunk share. What was withdrawn or is not
shown any more loses its words here, so that no format can write them. Only modules of this package import from here.
"""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from copy import copy
from datetime import datetime
from typing import Any, cast

from django.db.models import Count, QuerySet
from django.db.models.functions import Coalesce

from archive.copies import NO_COPIES, shown_facts_of
from archive.curated_order import arrange
from archive.history import HasCapture, load_first_received
from archive.models import Article, Capture, PublishingStatus, Section, Source, set_curated, shown_sections

from ..engines import ScannedArticle
from .marking import Marker
from .row_kinds import ExportedArticle, ExportedSection

# The passages of an article's row.
MAX_ARTICLE_PASSAGES = 3

# What a row without words says instead.
WITHDRAWN = "Withdrawn by its outlet."
NOT_SHOWN = "Not shown in the archive any more."
NOT_IN_RESULT = "Not in this result any more."

# The columns of a section and its current version, in the order of the attributes of ExportedSection.
_COLUMNS = (
    "pk",
    "gone_id",
    "withdrawn",
    "changed",
    "article_id",
    "current_id",
    "current__number",
    "current__heading",
    "current__text",
    "current__byline",
    "current__published",
    "current__published_precision",
    "current__published_rule",
    "current__published_offset",
    "current__updated",
    "current__updated_offset",
    "current__key_event",
    "current__note",
    "current__words_sha256",
    "current__capture_id",
)
# What curators set of a section, and where they put it, comes after its columns.
_CURATED_COLUMNS = (*Section.SHOWN_COLUMNS, "curated_after")
_NOT_CURATED = (None,) * len(_CURATED_COLUMNS)
_ARTICLE_AT, _CAPTURE_AT = _COLUMNS.index("article_id"), _COLUMNS.index("current__capture_id")
_TEXTS = (
    *("current__heading", "current__text", "current__byline", "current__note", "current__words_sha256"),
    *("current__published_precision", "current__published_rule"),
)


# By position, which type checkers cannot follow.
_make_section: Callable[..., ExportedSection] = ExportedSection


def load_sections(ids: Sequence[int], marker: Marker | None, *, now: datetime) -> list[ExportedSection]:
    """Returns the sections with these ids, in their order; with a marker, their best passages as their text.

    Ten database queries, and one more where something of their articles is withheld; for passages, those of `Marker`.
    """
    shown = shown_sections(now).filter(pk__in=ids, current__isnull=False)
    found = {section.section_id: section for section in _make_sections(_values(shown).order_by(), now=now)}
    if marker:
        marker.shorten(found.values())
    return [found.get(section_id) or missing_section(section_id) for section_id in ids]


def load_articles(scanned: Sequence[ScannedArticle], marker: Marker | None, *, now: datetime) -> list[ExportedArticle]:
    """Returns the articles of a result, in their order. As many queries as `load_sections`."""
    by_article: dict[int, list[ExportedSection]] = {found.article_id: [] for found in scanned}
    shown = shown_sections(now).filter(current__isnull=False)
    if marker:
        best = [number for found in scanned for number in found.section_ids[:MAX_ARTICLE_PASSAGES]]
        rows = _values(shown.filter(pk__in=best)).order_by()
    else:
        rows = _values(shown.filter(article__in=by_article)).order_by("article", "position", "pk")
    sections = _make_sections(rows, now=now)
    if marker:
        marker.shorten(sections)
    for section in sections:
        by_article[section.article_id].append(section)
    return [
        _make_article(found, _arranged(by_article[found.article_id]), best_first=marker is not None)
        for found in scanned
    ]


def _values(sections: QuerySet[Section]) -> QuerySet[Section, tuple[Any, ...]]:
    return sections.values_list(*_COLUMNS, *_CURATED_COLUMNS)


def _arranged(sections: list[ExportedSection]) -> list[ExportedSection]:
    """Returns sections that are in the outlet's order in that of readers."""
    moves = {section.section_id: section.behind for section in sections if section.behind is not None}
    if not moves:
        return sections
    by_number = {section.section_id: section for section in sections}
    return [by_number[number] for number in arrange(list(by_number), moves)]


def count_sections(article_ids: Collection[int]) -> dict[int, int]:
    """Returns how many sections each of the articles has, if any. One query."""
    sections = Section.objects.filter(article__in=article_ids).order_by()
    return dict(sections.values_list("article").annotate(Count("pk")))


def divide_articles(scanned: Sequence[ScannedArticle], max_sections: int) -> Iterator[list[ScannedArticle]]:
    """Yields articles in parts that have so many sections at most, or a single article that has more. One query."""
    sizes = count_sections([found.article_id for found in scanned])
    part: list[ScannedArticle] = []
    room = max_sections
    for found in scanned:
        size = sizes.get(found.article_id, 0)
        if part and size > room:
            yield part
            part, room = [], max_sections
        part.append(found)
        room -= size
    if part:
        yield part


def _make_article(scanned: ScannedArticle, sections: list[ExportedSection], *, best_first: bool) -> ExportedArticle:
    if not sections:
        return missing_article(scanned.article_id)
    places = {number: place for place, number in enumerate(scanned.section_ids)}
    for section in sections:
        section.matching = bool(scanned.matched) and section.section_id in places
    if best_first:
        sections.sort(key=lambda section: places[section.section_id])
    else:
        sections = [section for section in sections if section.matching or section.gone_id is None]
    first = sections[0]
    is_withdrawn = _is_withdrawn(first.article)
    captures = [section.capture for section in sections if section.capture]
    return ExportedArticle(
        scanned.article_id,
        first.article,
        scanned.matched,
        first.article_topics,
        () if is_withdrawn else tuple(sections),
        max(captures, key=lambda capture: (capture.first_received, capture.pk)),
        WITHDRAWN if is_withdrawn else "",
        copies=first.copies,
    )


def missing_article(article_id: int, tombstone: str = NOT_SHOWN) -> ExportedArticle:
    """Returns the row of an article that is not shown any more; 0 stands for an article that is not known."""
    return ExportedArticle(article_id, _empty_article(article_id), 0, (), tombstone=tombstone)


def missing_section(section_id: int, article_id: int = 0, tombstone: str = NOT_SHOWN) -> ExportedSection:
    """Returns the row of a section that is not shown any more; 0 stands for a number that is not known."""
    return _without_words(section_id, _empty_article(article_id), tombstone)


def _without_words(section_id: int, article: Article, tombstone: str) -> ExportedSection:
    columns: dict[str, Any] = dict.fromkeys(_COLUMNS) | dict.fromkeys(_TEXTS, "")
    columns |= {"pk": section_id, "article_id": article.pk, "current_id": 0, "current__number": 0}
    columns |= {"withdrawn": False, "current__key_event": False}
    return _make_section(*columns.values(), article, None, (), tombstone=tombstone)


def list_sections(ids: Sequence[int], *, now: datetime) -> list[ExportedSection]:
    """Returns the rows of `load_sections` with no more than their numbers, articles and headings, for a list of them.

    Three database queries.
    """
    shown = shown_sections(now).filter(pk__in=ids, current__isnull=False)
    heading = Coalesce("curated_heading", "current__heading")
    rows_found = shown.values_list("pk", "article_id", "withdrawn", heading).order_by()
    found = {values[0]: values for values in rows_found}
    articles = _load_articles({article_id for _, article_id, _, _ in found.values()})
    rows = []
    for section_id in ids:
        if section_id not in found:
            rows.append(missing_section(section_id))
            continue
        _, article_id, withdrawn, heading = found[section_id]
        row = _without_words(section_id, articles[article_id], "")
        row.heading = "" if withdrawn or _is_withdrawn(row.article) else heading
        rows.append(row)
    return rows


def list_articles(scanned: Sequence[ScannedArticle], *, now: datetime) -> list[ExportedArticle]:
    """Returns the rows of `load_articles` with nothing but their articles and counts. Three database queries."""
    ids = [found.article_id for found in scanned]
    shown = shown_sections(now).filter(article__in=ids, current__isnull=False)
    articles = _load_articles(set(shown.values_list("article", flat=True).order_by().distinct()))
    return [
        ExportedArticle(found.article_id, articles[found.article_id], found.matched, ())
        if found.article_id in articles
        else missing_article(found.article_id)
        for found in scanned
    ]


def _empty_article(article_id: int) -> Article:
    return Article(pk=article_id, kind="", source=Source())


def _make_sections(rows: Iterable[tuple[Any, ...]], *, now: datetime) -> list[ExportedSection]:
    """Returns sections of rows with their articles, captures, topics and times; withdrawn words are left out."""
    rows = list(rows)
    articles = _load_articles({row[_ARTICLE_AT] for row in rows})
    topics = _load_topics(articles)
    copies = shown_facts_of(articles, now)
    own_topics = _load_own_topics([row[0] for row in rows])
    captures = Capture.objects.in_bulk({row[_CAPTURE_AT] for row in rows})
    # Two articles of one capture may have first received its bytes at different times.
    received: dict[tuple[int, int], Capture] = {}
    sections = []
    for row in rows:
        columns, curated = row[: len(_COLUMNS)], row[len(_COLUMNS) :]
        key = row[_ARTICLE_AT], row[_CAPTURE_AT]
        article, capture = articles[key[0]], received.get(key)
        if capture is None:
            original = captures[key[1]]
            capture = received[key] = copy(original) if original.received else original
            capture.received = (original.captured,)
        section = _make_section(*columns, article, capture, topics[article.pk])
        section.article_topics = section.topics
        section.copies = copies.get(article.pk, NO_COPIES)
        if curated != _NOT_CURATED:
            _set_curated(section, dict(zip(_CURATED_COLUMNS, curated, strict=True)))
        section.time = section.time_in(article)
        if section.withdrawn or _is_withdrawn(article):
            section.tombstone = WITHDRAWN
            section.heading = section.text = section.byline = ""
            section.received = None
        elif section.section_id in own_topics:
            section.topics = sorted({*section.topics, *own_topics[section.section_id]})
        sections.append(section)
    load_first_received((section.article_id, cast(HasCapture, section)) for section in sections)
    return sections


def _set_curated(section: ExportedSection, values: Mapping[str, Any]) -> None:
    section.behind = values["curated_after"]
    fields = [name for name, columns in Section.CURATED_COLUMNS.items() if values[columns[-1]] is not None]
    if fields:
        section.received = copy(section)
        section.curated_entry = tuple(fields)
        set_curated(section, values)


def _load_articles(ids: Collection[int]) -> dict[int, Article]:
    """Returns articles by number, withdrawn ones without their words. Those of one source share its record."""
    articles = Article.objects.in_bulk(ids)
    sources = Source.objects.in_bulk({article.source_id for article in articles.values()})
    for article in articles.values():
        article.source = sources[article.source_id]
        if _is_withdrawn(article):
            # The address has words of the headline, too.
            article.headline = article.standfirst = article.byline = article.url = ""
    return articles


def _is_withdrawn(article: Article) -> bool:
    return article.status == PublishingStatus.CANCELED


def _load_topics(articles: Mapping[int, Article]) -> dict[int, list[str]]:
    """Returns the names of the topics of articles, sorted. Prefetching them takes as long as the articles."""
    names: dict[int, list[str]] = {number: [] for number in articles}
    shown = [number for number, article in articles.items() if not _is_withdrawn(article)]
    pairs = Article.topics.through.objects.filter(article__in=shown).values_list("article_id", "topic__name")
    for number, name in pairs:
        names[number].append(name)
    for of_article in names.values():
        of_article.sort()
    return names


def _load_own_topics(sections: Collection[int]) -> dict[int, list[str]]:
    """Returns the names of the topics that sections have besides those of their articles. One query."""
    names: dict[int, list[str]] = {}
    for number, name in Section.topics.through.objects.filter(section__in=sections).values_list(
        "section_id", "topic__name"
    ):
        names.setdefault(number, []).append(name)
    return names
