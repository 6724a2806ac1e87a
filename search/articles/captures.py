"""An article's sections: as they stand, and as one capture held them; which capture an address cites.

An address cites a capture by the SHA-256 of its bytes, or its beginning. What a capture held is read from the
placements that ingest wrote; of captures from before these were kept they are pieced together, and say so.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from pathlib import PurePath

from django.utils.text import Truncator

from archive.items import SectionItem
from archive.models import Article, ArticleVersion, Capture, Placement, Section, SectionVersion

from ..errors import SearchError

# As many characters of a SHA-256 as tell the captures of one article apart, and as many as addresses are written with.
LEAST_SHA256 = 8
SHORT_SHA256 = 16
_SHA256 = re.compile(rf"[0-9a-f]{{{LEAST_SHA256},64}}")

# Of a section without a heading, the words that stand for one where it is named.
_LABEL_WORDS = 12
# Only an entry that was taken back can be without words.
_NO_WORDS = "Withdrawn entry"


class VersionError(SearchError):
    """An address that cites a version or a capture that there is not; the message says so and names the cure."""


@dataclass(frozen=True)
class Held:
    """A section on a page: its words and its place.

    `section` is None for an entry that the archive never had, and for words of a part that are no section's; the
    version has no number then, and no words where the outlet took them back. `gone` is the first capture without it.
    """

    version: SectionVersion
    position: int
    section: Section | None
    withdrawn: bool = False
    updated: datetime | None = None
    gone: Capture | None = None

    @property
    def anchor(self) -> str:
        """Its fragment on the article's page."""
        return self.section.anchor if self.section else f"p{self.position}"

    @property
    def place(self) -> tuple[int, int]:
        return self.position, self.section.pk if self.section else 0

    @property
    def published(self) -> datetime | None:
        return self.version.published

    @cached_property
    def label(self) -> str:
        """What it is called: its heading, or its first words."""
        version = self.version
        return version.heading or Truncator(version.text.replace("\n", " ")).words(_LABEL_WORDS) or _NO_WORDS


@dataclass(frozen=True)
class Pinned:
    """One capture of an article, among all of them, oldest first."""

    received: tuple[ArticleVersion, ...]
    version: ArticleVersion

    @property
    def number(self) -> int:
        """Which it is, from 1."""
        return self.received.index(self.version) + 1

    @property
    def before(self) -> ArticleVersion | None:
        return self.received[self.number - 2] if self.number > 1 else None

    @property
    def after(self) -> ArticleVersion | None:
        return self.received[self.number] if self.number < len(self.received) else None

    @property
    def latest(self) -> ArticleVersion:
        return self.received[-1]


def received(article: Article) -> tuple[ArticleVersion, ...]:
    """Returns what each capture said of an article as a whole, oldest first, with the captures. One query."""
    versions = article.versions.select_related("capture").order_by("capture__captured", "capture_id")
    return tuple(versions)


def pin(versions: tuple[ArticleVersion, ...], parameters: Mapping[str, str]) -> tuple[Pinned | None, Pinned | None]:
    """Returns the captures that an address's `capture` and `against` cite, None for none. Raises VersionError.

    `against` alone compares the latest capture with that one; a capture is not compared with itself.
    """
    capture, against = (parameters.get(name, "").strip().lower() for name in ("capture", "against"))
    other = Pinned(versions, find_capture(versions, against)) if against else None
    if not capture and not other:
        return None, None
    pinned = Pinned(versions, find_capture(versions, capture) if capture else versions[-1])
    return pinned, other if other and other.version != pinned.version else None


def find_capture(versions: Iterable[ArticleVersion], sha256: str) -> ArticleVersion:
    """Returns the version of the capture whose SHA-256 begins so. Raises VersionError for none, and for several."""
    found = []
    if _SHA256.fullmatch(sha256):
        found = [version for version in versions if version.capture.sha256.startswith(sha256)]
    if len(found) != 1:
        problem = "More than one capture begins so" if found else "No capture of this page has that SHA-256"
        raise VersionError(f"{problem}: {sha256[:64]!r}. Give the whole of it, or choose one of its captures.")
    return found[0]


def short(capture: Capture) -> str:
    """Returns the beginning of its SHA-256 that an address cites it by."""
    return capture.sha256[:SHORT_SHA256]


def origin_of(capture: Capture, *, whole: bool) -> str:
    """Returns where the bytes came from; not `whole`, of a path on the archive's machine its last part alone."""
    origin = capture.origin
    if not whole and "://" not in origin:
        origin = PurePath(origin).name or origin
    return f"{origin}, {capture.locator}" if capture.locator else origin


def standing_sections(article: Article) -> list[Held]:
    """Returns the sections of an article as they stand, in the outlet's order; those that are gone too. One query."""
    standing = article.sections.filter(current__isnull=False).select_related("current", "gone")
    held = []
    for section in standing.order_by("position", "id"):
        version = section.current
        assert version is not None  # noqa: S101
        _join(article, section, version)
        held.append(Held(version, section.position, section, section.withdrawn, version.updated, section.gone))
    return held


def sections_in(article: Article, version: ArticleVersion) -> list[Held]:
    """Returns the sections that a capture of an article held, in its order. One query."""
    placements = version.placements.select_related("section", "version").order_by("position")
    return [_held(article, placement) for placement in placements]


def _held(article: Article, placement: Placement) -> Held:
    words = placement.version
    if words is None:
        item = SectionItem(tuple(placement.text.split("\n")) if placement.text else (), heading=placement.heading)
        words = SectionVersion(
            number=0, heading=placement.heading, text=placement.text, words_sha256=item.words_sha256
        )
    if placement.section:
        _join(article, placement.section, words)
    return Held(words, placement.position, placement.section, placement.withdrawn, placement.updated)


def _join(article: Article, section: Section, version: SectionVersion) -> None:
    """Spares a query a section: the permalink and the model's text need both."""
    section.article = article
    version.section = section


# --- what each capture changed ---


@dataclass(frozen=True)
class Tally:
    """What one capture holds, and what it changed against the whole capture before it, None for the first."""

    version: ArticleVersion
    before: ArticleVersion | None
    sections: int
    new: int = 0
    changed: int = 0
    withdrawn: int = 0
    gone: int = 0
    headline: bool = False

    @property
    def is_sure(self) -> bool:
        """Whether the sections of both captures are recorded as they came."""
        return self.version.sections_recorded and (self.before is None or self.before.sections_recorded)

    @property
    def changes(self) -> str:
        """What it changed, in words."""
        counts = {"new": self.new, "changed": self.changed, "withdrawn": self.withdrawn, "gone": self.gone}
        sections = told_of_sections(counts)
        return ", ".join(filter(None, ("headline changed" if self.headline else "", sections))) or "nothing changed"


def told_of_sections(counts: Mapping[str, int]) -> str:
    """Returns how many sections became what, in words: 2 sections new, 1 gone."""
    told = [f"{count:,} {what}" for what, count in counts.items() if count]
    if told:
        number, what = told[0].split(" ", 1)
        told[0] = f"{number} section{'' if number == '1' else 's'} {what}"
    return ", ".join(told)


_Contents = Mapping[int, tuple[int | None, bool]]


def tally(versions: Sequence[ArticleVersion], chosen: Sequence[ArticleVersion]) -> list[Tally]:
    """Returns what each of the chosen captures changed, in their order. Two queries; O(their sections).

    A part is compared with nothing, and nothing with a part: that something is not in it says nothing of the page.
    """
    before: dict[int, ArticleVersion | None] = {}
    whole: ArticleVersion | None = None
    for version in versions:
        before[version.pk] = None if version.partial else whole
        whole = whole if version.partial else version
    needed = {version.pk for one in chosen for version in (one, before[one.pk]) if version}
    placed: dict[int, dict[int, tuple[int | None, bool]]] = {pk: {} for pk in needed}
    counts = dict.fromkeys(needed, 0)
    placements = Placement.objects.filter(article_version__in=needed).order_by()
    for pk, section, words, withdrawn in placements.values_list(
        "article_version_id", "section_id", "version_id", "withdrawn"
    ):
        counts[pk] += 1
        if section:
            placed[pk][section] = words, withdrawn
    pairs = [(one, other) for one in chosen if (other := before[one.pk])]
    says = _words_that_differ(((placed[other.pk], placed[one.pk]) for one, other in pairs))
    return [_tally(one, before[one.pk], placed, counts[one.pk], says) for one in chosen]


def _words_that_differ(pairs: Iterable[tuple[_Contents, _Contents]]) -> dict[int, tuple[object, ...]]:
    """Returns what the versions say in which two captures differ: a section may say again what it said before."""
    differing = {
        words
        for held, holding in pairs
        for section in held.keys() & holding.keys()
        if held[section][0] != holding[section][0]
        for words in (held[section][0], holding[section][0])
        if words
    }
    if not differing:
        return {}
    rows = SectionVersion.objects.filter(pk__in=differing).order_by().values_list("pk", *SectionVersion.SAYS)
    return {pk: tuple(said) for pk, *said in rows}


def _tally(
    version: ArticleVersion,
    before: ArticleVersion | None,
    placed: Mapping[int, _Contents],
    count: int,
    says: Mapping[int, tuple[object, ...]],
) -> Tally:
    if before is None:
        return Tally(version, None, count)
    held, holding = placed[before.pk], placed[version.pk]
    both = held.keys() & holding.keys()
    withdrawn = {section for section in both if holding[section][1] and not held[section][1]}

    def differ(section: int) -> bool:
        one, other = held[section][0], holding[section][0]
        return one != other and (one is None or other is None or says[one] != says[other])

    return Tally(
        version,
        before,
        count,
        new=len(holding.keys() - both),
        changed=sum(differ(section) for section in both - withdrawn),
        withdrawn=len(withdrawn),
        gone=len(held.keys() - both),
        headline=version.headline != before.headline,
    )
