"""The details that citations and page metadata give of an article or a section: a Reference, made from the database.

`citations` and `page_metadata` write it.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol
from urllib.parse import urlsplit

from django.urls import reverse

from archive.bylines import authors_in
from archive.imprint import imprint
from archive.models import UNKNOWN_SOURCE, Article, ArticleVersion
from archive.search_port import SECTION_PAGE
from archive.times import OutletTime

from ..articles import (
    MIN_SHA256_CHARS,
    WITHDRAWN,
    CuratedValue,
    ReceivedArticle,
    ReceivedValue,
    capture_name,
    in_sentence,
)
from ..text import MONTH_NAMES


@dataclass(frozen=True)
class Reference:
    """The details of a citation. `container` is the headline of the page if a section is cited by its own heading.

    `version` is that of a section; an article has none. `live`: the page is a live page. `permalink` is the URL in
    this archive, or its path where the site is not known; `url` is that of the outlet, `source` the outlet's name.
    Values that are not known are empty. All are as received; `curated` has those that curators set to something else.
    """

    key: str
    title: str
    source: str
    permalink: str
    captured: datetime
    sha256: str
    container: str = ""
    authors: tuple[str, ...] = ()
    published: OutletTime | None = None
    url: str = ""
    language: str = ""
    version: int | None = None
    withdrawn: bool = False
    live: bool = False
    curated: tuple[CuratedValue, ...] = ()

    @property
    def address(self) -> str:
        """The URL at which readers find it: that of the outlet, else the permalink; empty where that is a path."""
        return self.url or ("" if self.permalink.startswith("/") else self.permalink)

    @property
    def curators_note(self) -> str:
        """The archive's own values, which are no evidence, as a sentence; empty where there are none."""
        if not self.curated:
            return ""
        values = "; ".join(f"{in_sentence(value.label)} {describe_value(value.value)}" for value in self.curated)
        return f"Set by curators of this archive, not received: {values}."

    @property
    def evidence(self) -> str:
        """Where exactly these words are kept, and how to check them."""
        withdrawn = "Withdrawn since. " if self.withdrawn else ""
        version = f"version {self.version}, " if self.version else ""
        captured = format_time(OutletTime(self.captured, "minute"))
        return f"{withdrawn}Archived in {imprint().name}, {version}captured {captured}; SHA-256 {self.sha256}"


def article_reference(
    article: Article,
    version: ArticleVersion,
    site_url: str,
    *,
    received: ReceivedArticle,
    curated: Iterable[CuratedValue] = (),
    pinned: bool = False,
) -> Reference:
    """Returns the reference of an article as it is now; if `pinned`, as it was in the version's capture.

    `received` has the values to print, `curated` those that differ from them. `site_url` has no slash at its end.
    """
    capture = version.capture
    parameters = f"?capture={capture_name(capture)}" if pinned else ""
    # The words of an address would be those of a curator.
    is_curated = "headline" in article.curated_fields
    address = article.address_for(received.headline) if is_curated else article.get_absolute_url()
    return Reference(
        key=f"cuttings-article-{article.pk}" + (f"-{capture.sha256[:MIN_SHA256_CHARS]}" if pinned else ""),
        title=received.headline,
        authors=authors_in(received.byline),
        published=received.time,
        permalink=site_url + address + parameters,
        withdrawn=received.status == WITHDRAWN,
        captured=capture.first_received,
        sha256=capture.sha256,
        source=_source_name(received),
        url=received.url,
        language=received.language,
        live=received.kind == Article.Kind.LIVE,
        curated=tuple(curated),
    )


class CitedVersion(Protocol):
    """A version of a section, or what has the columns of one."""

    number: int
    heading: str
    byline: str
    capture: Any

    def time_published(self, zone: str) -> OutletTime | None: ...


def section_reference(
    version: CitedVersion,
    article: Article,
    site_url: str,
    *,
    section_id: int,
    withdrawn: bool,
    received: ReceivedArticle,
    curated: Iterable[CuratedValue] = (),
) -> Reference:
    """Returns the reference of a section in this version. Values that it lacks are those of its article as `received`.

    `withdrawn` says whether the section is. `curated` has the values of the article that curators set. `site_url` has
    no slash at its end.
    """
    return Reference(
        key=f"cuttings-section-{section_id}-{version.number}",
        title=version.heading or received.headline,
        container=received.headline if version.heading else "",
        authors=authors_in(version.byline or received.byline),
        published=version.time_published(article.source.zone) or received.time,
        permalink=site_url + version_path(section_id, version.number),
        withdrawn=withdrawn or received.status == WITHDRAWN,
        captured=version.capture.first_received,
        sha256=version.capture.sha256,
        version=version.number,
        source=_source_name(received),
        url=received.url,
        language=received.language,
        live=received.kind == Article.Kind.LIVE,
        curated=tuple(curated),
    )


def version_path(section_id: int, version: int) -> str:
    """Returns the path of a section in one version, whose words never change."""
    return f"{reverse(SECTION_PAGE, args=[section_id])}?version={version}"


@dataclass(frozen=True)
class Tombstone:
    """What is cited in the place of words that are not shown: where they were, and the reason that readers may know.

    `permalink` is empty where nothing is known but a number.
    """

    key: str
    reason: str
    note: str = ""
    permalink: str = ""

    @property
    def title(self) -> str:
        """What stands in the place of a title."""
        return f"[{self.reason.rstrip('.')}]"

    @property
    def sentence(self) -> str:
        """The reason, and what the outlet says about it."""
        archived = f"{imprint().name}: {self.reason}"
        return f"{archived} {self.note}" if self.note else archived


def _source_name(received: ReceivedArticle) -> str:
    """Returns the name of the source; if it is not known, the host of the article's URL."""
    name = received.source_name
    return name if name != UNKNOWN_SOURCE else urlsplit(received.url).hostname or ""


def describe_value(value: ReceivedValue) -> str:
    """Returns a value that was received or set by a curator, in words."""
    if isinstance(value, OutletTime):
        return format_time(value)
    text = ", ".join(value) if isinstance(value, tuple) else value
    return f"“{text}”" if text else "none"


# --- times, no more precise than they are known ---


def format_time(time: OutletTime) -> str:
    """Returns a time as far as it is known: 2025; June 2025; 2 June 2025; 2 June 2025, 14:30 UTC+02:00."""
    at = time.at
    month = MONTH_NAMES[at.month]
    match time.precision:
        case "year":
            return f"{at.year}"
        case "month":
            return f"{month} {at.year}"
        case "day":
            return f"{at.day} {month} {at.year}"
        case _:
            return f"{at.day} {month} {at.year}, {at:%H:%M} {time.clock_name}"


def date_parts(time: OutletTime) -> list[int]:
    """Returns year, month and day, as many as are known."""
    return [int(part) for part in time.day.split("-")]
