"""What an export lists, without its texts: sections with their versions and hashes, articles with digests of values.

By its listing, an export can be compared with a later one, or with today's archive. Manifests of packages and recorded
exports are listings. Only modules of this package import from here.
"""

import hashlib
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

from archive.models import Article, PublishingStatus
from archive.times import OutletTime, utc_iso

from .row_kinds import ExportedSection, Row
from .rows import WITHDRAWN

# Of a section: on its page; no longer on it; withdrawn by its outlet; not shown by the archive, or not in the result.
State = Literal["shown", "gone", "withdrawn", "missing"]
STATES: tuple[State, ...] = ("shown", "gone", "withdrawn", "missing")

# The digests tell two values of one field of one article apart.
_DIGEST_BYTES = 6


@dataclass(frozen=True, slots=True)
class ListedSection:
    """A section in an export, with its version. A number that is not known is 0.

    `changed` is when the archive last changed what it shows of it. The hashes are empty where they are not known; a
    section without words has no `words_sha256`.
    """

    section: int
    article: int
    version: int
    state: State
    changed: datetime | None = None
    words_sha256: str = ""
    capture_sha256: str = ""


@dataclass(frozen=True, slots=True)
class ListedArticle:
    """An article of an export. `values` has digests of what is shown of it, by field; none of what was withdrawn.

    `curated` names the fields that curators set.
    """

    article: int
    state: State
    values: Mapping[str, str] = field(default_factory=dict)
    curated: Sequence[str] = ()


@dataclass(frozen=True)
class Listing:
    """The sections of an export in their order, by number, and its articles; when it was made.

    `has_all_values` says that each article has digests of its values.
    """

    made: datetime
    sections: Mapping[int, ListedSection]
    articles: Mapping[int, ListedArticle] = field(default_factory=dict)
    has_all_values: bool = False


class ListingBuilder:
    """Makes a listing of what is added. It shares with the listing `like` what is equal, to need less room."""

    def __init__(self, like: Listing | None = None) -> None:
        self._like = like
        self._sections: dict[int, ListedSection] = {}
        self._articles: dict[int, ListedArticle] = {}

    def add_section(self, section: ListedSection) -> None:
        """Adds a section; where its number is not known, it cannot be compared and is left out."""
        if section.section:
            known = self._like.sections.get(section.section) if self._like else None
            self._sections[section.section] = known if known == section else section

    def add_article(self, article: ListedArticle) -> None:
        """Adds an article."""
        known = self._like.articles.get(article.article) if self._like else None
        self._articles[article.article] = known if known == article else article

    def has_article(self, number: int) -> bool:
        """Whether an article was added."""
        return number in self._articles

    def build(self, made: datetime) -> Listing:
        """Returns the listing."""
        return Listing(made, self._sections, self._articles, has_all_values=True)


# What is shown of an article, as the columns of exports name it. Not when it was updated: a time changes no content.
_VALUES: Mapping[str, Callable[[Article], Any]] = {
    "headline": lambda article: article.headline,
    "standfirst": lambda article: article.standfirst,
    "source": lambda article: article.source.name,
    "byline": lambda article: article.byline,
    "kind": lambda article: article.kind,
    "language": lambda article: article.language,
    "published": lambda article: (article.time, article.published_precision),
    "status": lambda article: article.status,
    "note": lambda article: article.note,
    "url": lambda article: article.url,
}
ARTICLE_VALUES = (*_VALUES, "topics")


def list_sections(row: Row) -> Iterator[ListedSection]:
    """Yields the sections of a row; of an article without words none."""
    for section in row.sections:
        capture = section.capture
        yield ListedSection(
            section.section_id,
            section.article_id,
            section.number,
            _state_of(section),
            section.changed,
            "" if section.tombstone else section.words_sha256,
            capture.sha256 if capture else "",
        )


def list_article(row: Row) -> ListedArticle:
    """Returns the article of a row."""
    article = row.article
    if row.tombstone and article.source_id is None:
        return ListedArticle(row.article_id, "missing")
    if article.status == PublishingStatus.CANCELED:
        return ListedArticle(row.article_id, "withdrawn", curated=tuple(article.curated_fields))
    values = {name: _digest(value_of(article)) for name, value_of in _VALUES.items()}
    values["topics"] = _digest(list(row.article_topics))
    return ListedArticle(row.article_id, "shown", values, tuple(article.curated_fields))


def _state_of(section: ExportedSection) -> State:
    if section.tombstone:
        return "withdrawn" if section.tombstone == WITHDRAWN else "missing"
    return "gone" if section.gone_id is not None else "shown"


def _digest(value: Any) -> str:
    text = json.dumps(value, default=_as_text, ensure_ascii=True)
    return hashlib.blake2b(text.encode(), digest_size=_DIGEST_BYTES).hexdigest()


def _as_text(value: Any) -> str:
    if isinstance(value, OutletTime):
        return value.iso
    return utc_iso(value) if isinstance(value, datetime) else str(value)
