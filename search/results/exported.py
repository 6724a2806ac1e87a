"""The sections of a result as exports write them: all of a result, in its order, in bounded memory.

An export of a large archive is a matter of how long each row takes. So a row is no record of the database but has its
columns; its article and its capture are records, which the rows of a chunk share. Nothing is marked or grouped.
"""

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from copy import copy
from dataclasses import dataclass
from datetime import datetime

from django.utils import timezone

from archive.history import load_first_received
from archive.models import Article, Capture, Entry, Source, shown_sections
from archive.times import OutletTime

from ..index import shown_index
from .question import Question

# Sections that an export keeps in memory at a time.
SCAN_CHUNK_SECTIONS = 1000

# The columns of a section and its current version, in the order of the attributes of ExportedSection.
_COLUMNS = (
    "pk",
    "gone_id",
    "withdrawn",
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
    "current__capture_id",
)


@dataclass(slots=True, eq=False)
class ExportedSection(Entry):
    """A section with its current words. `pk` is the number of its version, as `load_first_received` knows it.

    `article`, `capture` and the names of `topics` may be shared with other sections. `time` is on the outlet's clock:
    that of the entry, else that of its article.
    """

    section_id: int
    gone_id: int | None
    withdrawn: bool
    article_id: int
    pk: int
    number: int
    heading: str
    text: str
    byline: str
    published: datetime | None
    published_precision: str
    published_rule: str
    published_offset: int | None
    updated: datetime | None
    updated_offset: int | None
    key_event: bool
    note: str
    capture_id: int
    article: Article
    capture: Capture
    topics: Sequence[str]
    time: OutletTime | None = None


# By position, which type checkers cannot follow.
_make_section: Callable[..., ExportedSection] = ExportedSection


def scan_sections(question: Question, *, now: datetime) -> Iterator[ExportedSection]:
    """Yields every matching section in the question's order.

    The search runs before the first section is yielded: it raises QueryError and EngineError at once, and an export
    that fails is never a short list. Eight database queries for each SCAN_CHUNK_SECTIONS, and one more where
    something of their articles is withheld.
    """
    request = question.to_request(question.parse(now), now=now, by_article=False)
    ids = list(shown_index().scan(request))
    chunks = (ids[start : start + SCAN_CHUNK_SECTIONS] for start in range(0, len(ids), SCAN_CHUNK_SECTIONS))
    return (section for chunk in chunks for section in _load(chunk))


def _load(ids: Sequence[int]) -> list[ExportedSection]:
    """Returns the sections with these ids that may be shown, in their order."""
    shown = shown_sections(timezone.now()).filter(pk__in=ids, current__isnull=False)
    rows = {row[0]: row for row in shown.values_list(*_COLUMNS).order_by()}
    articles = _load_articles({row[3] for row in rows.values()})
    topics = _load_topics(articles)
    captures = Capture.objects.in_bulk({row[-1] for row in rows.values()})
    # Two articles of one capture may have first received its bytes at different times.
    received: dict[tuple[int, int], Capture] = {}
    sections = []
    for section_id in ids:
        row = rows.get(section_id)
        if row is None:
            continue
        article, capture = articles[row[3]], received.get((row[3], row[-1]))
        if capture is None:
            original = captures[row[-1]]
            capture = received[row[3], row[-1]] = copy(original) if original.received else original
            capture.received = (original.captured,)
        section = _make_section(*row, article, capture, topics[article.pk])
        section.time = section.time_in(article)
        sections.append(section)
    load_first_received((section.article_id, section) for section in sections)
    return sections


def _load_articles(ids: Collection[int]) -> dict[int, Article]:
    """Returns articles by number. Those of one source share its record."""
    articles = Article.objects.in_bulk(ids)
    sources = Source.objects.in_bulk({article.source_id for article in articles.values()})
    for article in articles.values():
        article.source = sources[article.source_id]
    return articles


def _load_topics(ids: Iterable[int]) -> dict[int, list[str]]:
    """Returns the names of the topics of articles, sorted. Prefetching them takes as long as the articles."""
    names: dict[int, list[str]] = {article: [] for article in ids}
    pairs = Article.topics.through.objects.filter(article__in=names).values_list("article_id", "topic__name")
    for article, name in pairs:
        names[article].append(name)
    for of_article in names.values():
        of_article.sort()
    return names
