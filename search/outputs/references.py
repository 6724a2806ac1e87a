"""The details that citations and page metadata give of an article or a section: a Reference, made from the database.

`citations` and `page_metadata` write it.
"""

from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlsplit

from archive.bylines import authors_in
from archive.models import UNKNOWN_SOURCE, Article, ArticleVersion, PublishingStatus, SectionVersion

from ..articles import MIN_SHA256_CHARS, short_sha256
from ..text import MONTH_NAMES

ARCHIVE_NAME = "Cuttings"


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
    published: datetime | None = None
    precision: str = ""
    url: str = ""
    language: str = ""
    version: int | None = None
    withdrawn: bool = False

    @property
    def evidence(self) -> str:
        """Where exactly these words are kept, and how to check them."""
        withdrawn = "Withdrawn since. " if self.withdrawn else ""
        version = f"version {self.version}, " if self.version else ""
        captured = format_time(self.captured, "minute")
        return f"{withdrawn}{ARCHIVE_NAME} archive, {version}captured {captured}; SHA-256 {self.sha256}"


def article_reference(article: Article, version: ArticleVersion, site_url: str, *, pinned: bool = False) -> Reference:
    """Returns the reference of an article as it is now; if `pinned`, as it was in the version's capture.

    Values that the capture lacks are those of the article. `site_url` has no slash at its end.
    """
    capture = version.capture
    shown = version if pinned else article
    dated = shown if shown.published else article
    parameters = f"?capture={short_sha256(capture)}" if pinned else ""
    return Reference(
        key=f"cuttings-article-{article.pk}" + (f"-{capture.sha256[:MIN_SHA256_CHARS]}" if pinned else ""),
        title=shown.headline,
        authors=authors_in(shown.byline or article.byline),
        published=dated.published,
        precision=dated.published_precision,
        permalink=site_url + article.get_absolute_url() + parameters,
        withdrawn=article.status == PublishingStatus.CANCELED,
        captured=capture.captured,
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
        authors=authors_in(version.byline or article.byline),
        published=version.published or article.published,
        precision=version.published_precision if version.published else article.published_precision,
        permalink=site_url + version.get_absolute_url(),
        withdrawn=section.withdrawn or article.status == PublishingStatus.CANCELED,
        captured=version.capture.captured,
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


def format_time(moment: datetime, precision: str) -> str:
    """Returns a time to its precision: 2025; June 2025; 2 June 2025; 2 June 2025, 14:30 UTC."""
    month = MONTH_NAMES[moment.month]
    match precision:
        case "year":
            return f"{moment.year}"
        case "month":
            return f"{month} {moment.year}"
        case "day":
            return f"{moment.day} {month} {moment.year}"
        case _:
            return f"{moment.day} {month} {moment.year}, {moment:%H:%M} UTC"


def date_parts(moment: datetime, precision: str) -> list[int]:
    """Returns year, month and day, as many as are known."""
    return [moment.year, moment.month, moment.day][: {"year": 1, "month": 2}.get(precision, 3)]


def iso_date(moment: datetime, precision: str) -> str:
    """Returns a date to its precision: 2025, 2025-06, 2025-06-02."""
    return "-".join(f"{part:02d}" for part in date_parts(moment, precision))
