"""The captures of an article: all of them, the capture that a URL names, and what each capture changed.

A URL names a capture by the SHA-256 of its bytes, or by the beginning of it; where the same bytes came again after
others, also by its time. The face exports what pages and outputs
use.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import PurePath

from django.db.models import Count, Q, QuerySet
from django.utils import timezone

from archive.history import History, is_precise, load_histories, make_shown
from archive.models import (
    AddressGone,
    Article,
    ArticleVersion,
    Capture,
    Placement,
    SectionVersion,
    withdrawn_words,
)
from archive.presence import find_gone
from archive.same_words import comparable

from ..errors import SearchError
from .sections import Viewer, describe_counts

# Counting what so many sections changed takes half a second.
MAX_SUMMARIZED_SECTIONS = 30_000

# This many characters distinguish the captures of one article; URLs are written with more.
MIN_SHA256_CHARS = 8
_SHORT_SHA256_CHARS = 16
_MAX_SHA256_CHARS = 64
_CAPTURE_NAME = re.compile(
    rf"(?P<sha256>[0-9a-f]{{{MIN_SHA256_CHARS},{_MAX_SHA256_CHARS}}})(?:-(?P<time>\d{{8}}t\d{{6}}z))?", re.ASCII
)


class VersionError(SearchError):
    """A URL names a version or a capture that does not exist; the message says which, and names the cure."""


@dataclass(frozen=True)
class PinnedCapture:
    """The capture that a URL names. `versions` has the article in every capture, oldest first; `version` in this."""

    versions: tuple[ArticleVersion, ...]
    version: ArticleVersion

    @property
    def number(self) -> int:
        """The capture's place among the article's captures, from 1."""
        return self.versions.index(self.version) + 1

    @property
    def before(self) -> ArticleVersion | None:
        return self.versions[self.number - 2] if self.number > 1 else None

    @property
    def after(self) -> ArticleVersion | None:
        return self.versions[self.number] if self.number < len(self.versions) else None

    @property
    def latest(self) -> ArticleVersion:
        return self.versions[-1]


def load_versions(article: Article) -> tuple[ArticleVersion, ...]:
    """Returns an article as a whole in each of its captures, oldest first, with the captures. Two queries.

    Versions that are withheld are among them: see `shown_of`. Captures whose bytes the article said already are no
    versions of their own: each version's capture lists when its bytes were `received`. A time of ingest is left out
    where the bytes have an earlier time of their own.
    """
    return load_versions_of([article])[article.pk]


def load_versions_of(articles: Iterable[Article]) -> dict[int, tuple[ArticleVersion, ...]]:
    """Returns the versions of several articles, as `load_versions` does those of each. Two queries for all."""
    by_number = {article.pk: article for article in articles}
    found = (
        ArticleVersion.objects.filter(article__in=by_number).select_related("capture", "withholding").order_by("pk")
    )
    versions = {version.pk: version for version in found}
    for version in versions.values():
        version.article = by_number[version.article_id]
    histories = load_histories(versions.values())
    return {number: _counted_versions(histories.get(number, History()), versions) for number in by_number}


def _counted_versions(history: History, versions: Mapping[int, ArticleVersion]) -> tuple[ArticleVersion, ...]:
    """Returns the versions of an article that count, with the times at which their bytes were received."""
    for run in history.runs():
        times = tuple(receipt.captured for receipt in run)
        for receipt in run:
            if receipt.version:
                versions[receipt.version].capture.received = times
    counted = [versions[receipt.version] for receipt in history.counted if receipt.version]
    seen: set[str] = set()
    for version in counted:
        version.capture.is_return = version.capture.sha256 in seen
        seen.add(version.capture.sha256)
    return tuple(counted)


def shown_of(versions: Iterable[ArticleVersion], now: datetime) -> tuple[ArticleVersion, ...]:
    """Returns those of the versions of `load_versions` that every reader may see."""
    return tuple(version for version in versions if not is_withheld(version, now))


def is_withheld(version: ArticleVersion, now: datetime) -> bool:
    """Whether a version of `load_versions` may not be shown to every reader."""
    withholding = getattr(version, "withholding", None)
    return withholding is not None and withholding.reason.applies_at(now)


def latest_of(versions: Sequence[ArticleVersion], now: datetime) -> ArticleVersion:
    """Returns the latest version that may be shown; the latest of all where none may."""
    return next((version for version in reversed(versions) if not is_withheld(version, now)), versions[-1])


def find_gone_answers(article: Article, versions: Iterable[ArticleVersion]) -> list[AddressGone]:
    """Returns the answers of servers that the article is gone at its address, oldest first. One query.

    Of an article on several pages, the first page has its address.
    """
    first_pages = (version.capture for version in versions if (version.page_number or 1) == 1)
    keys = {article.url_key, *(capture.address_key for capture in first_pages)} - {""}
    return list(AddressGone.objects.filter(address_key__in=keys))


def is_gone_since(answers: Sequence[AddressGone], versions: Sequence[ArticleVersion]) -> AddressGone | None:
    """Returns the first answer since which no capture was received; None if the article was received after them."""
    last = max(max(version.capture.received, default=version.capture.captured) for version in versions)
    return next((answer for answer in answers if answer.captured > last), None)


def find_pinned(
    versions: tuple[ArticleVersion, ...], parameters: Mapping[str, str], *, now: datetime
) -> tuple[PinnedCapture | None, PinnedCapture | None]:
    """Returns the captures that a URL's parameters `capture` and `against` name; None where there is none.

    `against` alone compares the latest capture with that capture. A capture is not compared with itself. Raises
    VersionError.
    """
    capture, against = (parameters.get(name, "").strip().lower() for name in ("capture", "against"))
    other = PinnedCapture(versions, find_capture(versions, against)) if against else None
    if not capture and not other:
        return None, None
    pinned = PinnedCapture(versions, find_capture(versions, capture) if capture else latest_of(versions, now))
    return pinned, other if other and other.version != pinned.version else None


def find_capture(versions: Iterable[ArticleVersion], name: str) -> ArticleVersion:
    """Returns the version whose capture a URL names, by the beginning of its SHA-256, and a time if need be.

    Of captures with the same bytes, it is the first, unless the name has another's time (see `capture_name`). Raises
    VersionError where no capture matches, and where several do.
    """
    match = _CAPTURE_NAME.fullmatch(name)
    found = [version for version in versions if match and version.capture.sha256.startswith(match["sha256"])]
    if match and match["time"]:
        found = [version for version in found if _name_time(version.capture).lower() == match["time"]]
    if len({version.capture.sha256 for version in found}) != 1:
        problem = "More than one capture of this page has" if found else "No capture of this page has"
        raise VersionError(
            f"{problem} that SHA-256: {name[:_MAX_SHA256_CHARS]!r}. Give all 64 characters, or choose a capture "
            "from the list."
        )
    return found[0]


def short_sha256(capture: Capture) -> str:
    """Returns the beginning of a capture's SHA-256, as pages show it."""
    return capture.sha256[:_SHORT_SHA256_CHARS]


def capture_name(capture: Capture) -> str:
    """Returns the name of a capture in URLs: the beginning of its SHA-256, with its time if its bytes are a return."""
    return short_sha256(capture) + (f"-{_name_time(capture)}" if capture.is_return else "")


def _name_time(capture: Capture) -> str:
    return f"{capture.captured:%Y%m%dT%H%M%SZ}"


def describe_origin(capture: Capture, *, full_path: bool) -> str:
    """Returns where a capture's bytes came from. Without `full_path`, a path on this machine is cut to its name."""
    origin = capture.origin
    if not full_path and "://" not in origin:
        origin = PurePath(origin).name or origin
    return f"{origin}, {capture.locator}" if capture.locator else origin


# --- what each capture changed ---


@dataclass(frozen=True)
class CaptureSummary:
    """How many sections a capture has, and what it changed since `before`, the last whole capture before it.

    `before` is None for the first whole capture and for partial captures. What changed is not counted where captures
    have too many sections to do so for a list of them.
    """

    version: ArticleVersion
    before: ArticleVersion | None
    sections: int
    new: int = 0
    changed: int = 0
    withdrawn: int = 0
    gone: int = 0
    not_shown: int = 0
    headline_changed: bool = False
    is_counted: bool = True

    @property
    def is_withheld(self) -> bool:
        """Whether only curators see the capture."""
        return is_withheld(self.version, timezone.now())

    @property
    def is_certain(self) -> bool:
        """Whether the sections of both captures were recorded, not reconstructed."""
        return self.version.sections_recorded and (self.before is None or self.before.sections_recorded)

    @property
    def changes(self) -> str:
        """What the capture changed, in words."""
        if not self.is_counted:
            return "changes"
        counts = {"new": self.new, "changed": self.changed, "withdrawn": self.withdrawn, "gone": self.gone}
        counts["not shown"] = self.not_shown
        phrases = ("headline changed" if self.headline_changed else "", describe_counts(counts))
        return ", ".join(filter(None, phrases)) or "nothing changed"


# The version's id, or None where the placement has a text of its own; and whether the section is withdrawn.
_Placed = tuple[int | None, bool]


@dataclass
class _Contents:
    """The placements of one capture: their number, and those that belong to a section, by the section's id."""

    count: int = 0
    sections: dict[int, _Placed] = field(default_factory=dict)
    times: dict[int, datetime] = field(default_factory=dict)


def summarize_captures(
    versions: Sequence[ArticleVersion],
    chosen: Sequence[ArticleVersion],
    *,
    viewer: Viewer,
    max_sections: int = MAX_SUMMARIZED_SECTIONS,
) -> list[CaptureSummary]:
    """Returns the summaries of the chosen captures, in their order; `versions` has all. Two queries; O(sections).

    Sections that are withdrawn from this reader are not counted.

    Partial captures are not compared: a section that they leave out may still have been on the page. If the captures
    have more than `max_sections` together, their changes are not counted.
    """
    before = _previous_whole(versions)
    pairs = [(version, other) for version in chosen if (other := before[version.pk])]
    compared = {version.pk for version in (*chosen, *(other for _, other in pairs))}
    placements = Placement.objects.filter(article_version__in=compared)
    if not viewer.sees_all:
        placements = placements.exclude(_is_withdrawn(viewer.now))
    contents = _load_contents(compared, placements, max_sections)
    if contents is None:
        sizes = _count_placements(placements)
        return [CaptureSummary(row, before[row.pk], sizes.get(row.pk, 0), is_counted=False) for row in chosen]
    content_of = _load_differing([(contents[other.pk], contents[version.pk]) for version, other in pairs])
    return [_summarize(version, before[version.pk], contents, content_of) for version in chosen]


def _previous_whole(versions: Iterable[ArticleVersion]) -> dict[int, ArticleVersion | None]:
    """Returns the last whole version before each version, by the latter's id; None for partial versions."""
    before: dict[int, ArticleVersion | None] = {}
    whole: ArticleVersion | None = None
    for version in versions:
        before[version.pk] = None if version.partial else whole
        whole = whole if version.partial else version
    return before


def _is_withdrawn(now: datetime) -> Q:
    of_section, of_none = withdrawn_words(now)
    return of_section | of_none


def _count_placements(placements: QuerySet[Placement]) -> dict[int, int]:
    return dict(placements.order_by().values_list("article_version").annotate(Count("pk")))


def _load_contents(
    version_ids: set[int], placements: QuerySet[Placement], max_sections: int
) -> Mapping[int, _Contents] | None:
    """Returns the placements of each version; None if there are more than `max_sections`."""
    contents = {version_id: _Contents() for version_id in version_ids}
    rows = placements.order_by("position").values_list(
        "article_version_id",
        "section_id",
        "version_id",
        "withdrawn",
        "version__published",
        "version__published_precision",
    )
    loaded = list(rows[: max_sections + 1])
    if len(loaded) > max_sections:
        return None
    for article_version_id, section_id, version_id, withdrawn, at, precision in loaded:
        content = contents[article_version_id]
        content.count += 1
        if section_id:
            content.sections[section_id] = version_id, withdrawn
            if at and is_precise(precision):
                content.times[section_id] = at
    return contents


def _load_differing(pairs: Iterable[tuple[_Contents, _Contents]]) -> dict[int, tuple[object, ...]]:
    """Returns the content of the versions in which two captures differ, by their ids.

    Two versions of a section can have the same content: an outlet can restore an earlier text.
    """
    differing = {
        version_id
        for before, after in pairs
        for section_id in before.sections.keys() & after.sections.keys()
        if before.sections[section_id][0] != after.sections[section_id][0]
        for version_id in (before.sections[section_id][0], after.sections[section_id][0])
        if version_id
    }
    if not differing:
        return {}
    versions = SectionVersion.objects.filter(pk__in=differing).order_by()
    rows = versions.values_list("pk", *SectionVersion.COMPARED_FIELDS)
    return {pk: tuple(content) for pk, *content in rows}


def _summarize(
    version: ArticleVersion,
    before: ArticleVersion | None,
    contents: Mapping[int, _Contents],
    content_of: Mapping[int, tuple[object, ...]],
) -> CaptureSummary:
    own = contents[version.pk]
    if before is None:
        return CaptureSummary(version, None, own.count)
    old, new = contents[before.pk].sections, own.sections
    common = old.keys() & new.keys()
    withdrawn = {section_id for section_id in common if new[section_id][1] and not old[section_id][1]}

    def differs(section_id: int) -> bool:
        was, now = old[section_id][0], new[section_id][0]
        return was != now and (was is None or now is None or content_of[was] != content_of[now])

    absent = [section_id for section_id in old if section_id not in common]
    placed = [(section_id, section_withdrawn) for section_id, (_, section_withdrawn) in new.items()]
    shown = make_shown(version, placed, has_whole=True)
    gone = find_gone(shown, absent, list(old), contents[before.pk].times | own.times)
    return CaptureSummary(
        version,
        before,
        own.count,
        new=len(new.keys() - common),
        changed=sum(differs(section_id) for section_id in common - withdrawn),
        withdrawn=len(withdrawn),
        gone=len(gone),
        not_shown=len(absent) - len(gone),
        headline_changed=comparable(version.headline) != comparable(before.headline),
    )
