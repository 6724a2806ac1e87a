"""Previews: what an ingest of these documents would record, without storing anything.

`preview` streams, for the command's --dry-run; `preview_files` counts and lists, for the admin's page. Both have
the words of one article at a time in memory, so files may have any size. Other packages use this through the face of
`ingest`.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace
from functools import cache

from django.db import OperationalError, ProgrammingError
from django.db.models import QuerySet

from ..curation import known_source
from ..items import ArticleItem, Hints, Item, Note, PageGone
from ..models import UNKNOWN_SOURCE, Article, ArticleVersion, Source
from .files import Stream, guard_reader
from .identity import find_by_bytes
from .normalization import CaptureTime, normalize
from .options import IntakeOptions
from .shared_identities import mark_shared


@dataclass(frozen=True)
class PreviewItem:
    """One item as it would be recorded: an article with its notes, a note alone, or the reason of a rejection.

    `source` is the name of the source that the article would have; empty where nothing tells it.
    """

    locator: str
    article: ArticleItem | None = None
    captured: CaptureTime | None = None
    notes: tuple[str, ...] = ()
    reason: str = ""
    source: str = ""


def preview(streams: Iterable[Stream], options: IntakeOptions) -> Iterator[tuple[Hints, Iterator[PreviewItem]]]:
    """Yields the hints of each file with its items, which are read as they are asked for, file after file."""
    captured = options.capture_time()
    by_name = cache(_known_source)
    for items, hints, _ in streams:
        yield hints, _preview_items(items, hints, captured, by_name)


def _preview_items(
    items: Iterable[Item], hints: Hints, captured: CaptureTime, by_name: Callable[[str], Source | None]
) -> Iterator[PreviewItem]:
    def source_of(item: ArticleItem) -> Source | None:
        return by_name(item.source) if item.source else _known_source("", item.url, item.address or hints.url)

    def zone_of(item: ArticleItem) -> str:
        source = source_of(item)
        return source.zone if source else ""

    for item in mark_shared(guard_reader(items, hints.name)):
        if isinstance(item, ArticleItem):
            article, at, notes = normalize(item, captured, zone_of=zone_of, zone=hints.zone)
            source = source_of(article)
            yield PreviewItem(item.locator, article, at, notes, source=source.name if source else article.source)
        elif isinstance(item, PageGone):
            continue  # it says nothing of an article by itself
        elif isinstance(item, Note):
            yield PreviewItem(item.locator, notes=(item.reason,))
        else:
            yield PreviewItem(item.locator, reason=item.reason)


def _known_source(name: str, *addresses: str) -> Source | None:
    """Returns the source of this name, or of the addresses; None where the archive has no tables yet."""
    try:
        return known_source(name, *addresses)
    except (OperationalError, ProgrammingError):
        return None


@dataclass(frozen=True)
class PreviewArticle:
    """An article as it would be recorded, without its words; `known` is the article that has these bytes already."""

    article: ArticleItem
    captured: CaptureTime
    known: Article | None
    source: str

    @property
    def source_by_address(self) -> bool:
        """Whether no document names the source."""
        return not self.article.source and self.source not in ("", UNKNOWN_SOURCE)

    @property
    def heading_count(self) -> int:
        return sum(bool(section.heading) for section in self.article.sections)


@dataclass(frozen=True)
class PreviewProblem:
    """A part that would be rejected, or a note of something that would be left out."""

    rejected: bool
    locator: str
    reason: str


@dataclass
class FilePreview:
    """The items of one file: all of them counted, some of them listed."""

    name: str
    read: int = 0
    known: int = 0
    rejected: int = 0
    noted: int = 0
    articles: list[PreviewArticle] = field(default_factory=list)
    problems: list[PreviewProblem] = field(default_factory=list)


def preview_files(
    streams: Iterable[Stream], options: IntakeOptions, *, max_listed: int, known_versions: QuerySet[ArticleVersion]
) -> Iterator[FilePreview]:
    """Yields the preview of each file; over all files at most so many articles are listed, and as many problems.

    An article is known by `known_versions` alone: those that the user may see. One query for each article, two for one
    that is known, and one for each source.
    """
    articles_left = problems_left = max_listed
    for hints, items in preview(streams, options):
        file = FilePreview(hints.name)
        for item in items:
            if item.article and item.captured:
                known = _find_known(item.article, known_versions)
                file.read += 1
                file.known += known is not None
                if articles_left:
                    articles_left -= 1
                    article = _without_words(item.article)
                    file.articles.append(PreviewArticle(article, item.captured, known, item.source))
            problems = [PreviewProblem(False, item.locator, note) for note in item.notes]
            file.noted += len(problems)
            if item.reason:
                problems.append(PreviewProblem(True, item.locator, item.reason))
                file.rejected += 1
            listed = problems[:problems_left]
            file.problems += listed
            problems_left -= len(listed)
        yield file


def _find_known(item: ArticleItem, versions: QuerySet[ArticleVersion]) -> Article | None:
    """Returns the article that has these bytes already, if they are those of one of these versions."""
    found = find_by_bytes(item)
    of_bytes = versions.filter(article=found, capture__sha256=item.sha256) if found else versions.none()
    version = of_bytes.select_related("article").first()
    return version.article if version else None


def _without_words(item: ArticleItem) -> ArticleItem:
    """Returns the item without its bytes and paragraphs: those of a hundred documents may have a gigabyte."""
    return replace(item, raw=b"", sections=tuple(replace(section, paragraphs=()) for section in item.sections))
