"""The details that citations and page metadata give of an article or a section: a Reference, made from the database.

`citations` and `page_metadata` write it.
"""

from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlsplit

from archive.bylines import authors_in
from archive.imprint import imprint
from archive.models import UNKNOWN_SOURCE, Article, ArticleVersion, PublishingStatus, SectionVersion
from archive.times import OutletTime

from ..articles import MIN_SHA256_CHARS, capture_name
from ..text import MONTH_NAMES


@dataclass(frozen=True)
class Reference:
    """The details of a citation. `container` is the headline of the page if a section is cited by its own heading.

    `permalink` is an absolute URL in this archive, `url` that of the outlet. `source` is the outlet's name. Values
    that are not known are empty.
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

    @property
    def evidence(self) -> str:
        """Where exactly these words are kept, and how to check them."""
        withdrawn = "Withdrawn since. " if self.withdrawn else ""
        version = f"version {self.version}, " if self.version else ""
        captured = format_time(OutletTime(self.captured, "minute"))
        return f"{withdrawn}Archived in {imprint().name}, {version}captured {captured}; SHA-256 {self.sha256}"


def article_reference(article: Article, version: ArticleVersion, site_url: str, *, pinned: bool = False) -> Reference:
    """Returns the reference of an article as it is now; if `pinned`, as it was in the version's capture.

    Values that the capture lacks are those of the article. `site_url` has no slash at its end.
    """
    capture = version.capture
    shown = version if pinned else article
    parameters = f"?capture={capture_name(capture)}" if pinned else ""
    return Reference(
        key=f"cuttings-article-{article.pk}" + (f"-{capture.sha256[:MIN_SHA256_CHARS]}" if pinned else ""),
        title=shown.headline,
        authors=authors_in(shown.byline or article.byline),
        published=shown.time or article.time,
        permalink=site_url + article.get_absolute_url() + parameters,
        withdrawn=article.status == PublishingStatus.CANCELED,
        captured=capture.first_received,
        sha256=capture.sha256,
        source=(version.source_name if pinned else "") or _source_name(article),
        url=shown.url or article.url,
        language=shown.language or article.language,
    )


def section_reference(version: SectionVersion, site_url: str) -> Reference:
    """Returns the reference of a section in this version. Values that it lacks are those of its article.

    `site_url` has no slash at its end.
    """
    section = version.section
    article = section.article
    return Reference(
        key=f"cuttings-section-{section.pk}-{version.number}",
        title=version.heading or article.headline,
        container=article.headline if version.heading else "",
        authors=authors_in(version.byline_in(article)),
        published=version.time_in(article),
        permalink=site_url + version.get_absolute_url(),
        withdrawn=section.withdrawn or article.status == PublishingStatus.CANCELED,
        captured=version.capture.first_received,
        sha256=version.capture.sha256,
        version=version.number,
        source=_source_name(article),
        url=article.url,
        language=article.language,
    )


def _source_name(article: Article) -> str:
    """Returns the name of the source; if it is not known, the host of the article's URL."""
    name = article.source.name
    return name if name != UNKNOWN_SOURCE else urlsplit(article.url).hostname or ""


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
