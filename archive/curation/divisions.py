"""Entries that curators split at a paragraph or join; never what was received.

A part is a section without versions, known by the paragraph with which it begins; joined entries are shown in the
first of them. `divide` alone sets the columns that follow: which text each section shows, and which are shown in
another. Where a paragraph is not there any more, or one of joined entries is gone from its page, they are shown as
received. Ingest calls it with each capture, and operations after each act.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from django.db.models import Q
from django.utils import timezone

from ..batches import in_parts
from ..curated_order import arrange, move_behind
from ..divided_text import Extent, cut, paragraph_digests
from ..errors import CurationError
from ..models import IS_DIVIDED, Section, SectionVersion, Topic, has_usable_words
from ..shown_places import HEADING, Part
from .entries import load_entry_order, save_places

# A page shows an entry whole; the longest that was received has a tenth of this.
MAX_JOINED_CHARS = 1_000_000
_COLUMNS = ("current_id", "position", "gone_id", "withdrawn", "shown_in_id", "divided_text")
_READ = ("part_of_id", "first_paragraph", "joined_to_id", "curated_after", "curated_heading", "changed", *_COLUMNS)


@dataclass
class Division:
    """What is shown of the sections of an article that curators split or joined.

    `extents` has the paragraphs of the current version that a section or part has by itself; of a section that is not
    split it has none. `joined` has the sections that follow another, in their order. `shown_in` leads from a section
    to the one that shows its words.
    """

    sections: Mapping[int, Section]
    versions: Mapping[int, SectionVersion]
    extents: dict[int, Extent] = field(default_factory=dict)
    joined: dict[int, list[int]] = field(default_factory=dict)
    shown_in: dict[int, int] = field(default_factory=dict)

    def paragraphs_of(self, section: int) -> list[str]:
        """Returns the paragraphs that a section or part has by itself."""
        return self._own(section, self._version(section).paragraphs)

    def digests_of(self, section: int) -> list[str]:
        """Returns what each of these paragraphs is known by in the current version."""
        return self._own(section, paragraph_digests(self._version(section).paragraphs))

    def lines_of(self, section: int, *, follows: bool) -> list[str]:
        """Returns the paragraphs of a section or part; with its heading above them where it follows another."""
        heading = self.sections[section].curated_heading
        heading = self._version(section).heading if heading is None else heading
        return [*([heading] if heading and follows else []), *self.paragraphs_of(section)]

    def text_of(self, section: int) -> str | None:
        """Returns the text of a section as it is divided; None where it is the text of its version."""
        joined = self.joined.get(section, [])
        if section in self.shown_in or (section not in self.extents and not joined):
            return None
        lines = self.lines_of(section, follows=False)
        return "\n".join([*lines, *(line for other in joined for line in self.lines_of(other, follows=True))])

    def parts_of(self, section: int) -> Iterator[Part]:
        """Yields what a section shows of versions: of its own, and of those of the entries that are joined to it."""
        line = 0
        for pk in (section, *self.joined.get(section, ())):
            version, follows = self._version(pk), pk != section
            lines, own = self.lines_of(pk, follows=follows), self.paragraphs_of(pk)
            extent = self.extents.get(pk) or Extent(0, len(own))
            heading_line = HEADING if not follows else line if len(lines) > len(own) else None
            first_line = line + len(lines) - len(own)
            yield Part(version.pk, version.heading, version.paragraphs, extent, heading_line, first_line)
            line += len(lines)

    def _own(self, section: int, of_version: list[str]) -> list[str]:
        extent = self.extents.get(section)
        return of_version[extent.start : extent.end] if extent else of_version

    def _version(self, section: int) -> SectionVersion:
        row = self.sections[section]
        return self.versions[self.sections[row.part_of_id or section].current_id or 0]


def divide(article_ids: Iterable[int]) -> set[int]:
    """Sets what is shown of the divided entries of these articles; returns those articles where that changed.

    One query for each 5,000 articles where there are none; four more for each article with some.
    """
    divided = Section.objects.filter(IS_DIVIDED).order_by()
    found: set[int] = set()
    for some in in_parts(sorted(set(article_ids))):
        found.update(divided.filter(article__in=some).values_list("article", flat=True))
    return {pk for pk in sorted(found) if _divide(pk)}


def _divide(article_id: int) -> bool:
    division = load_division(article_id)
    marked = []
    for pk, row in division.sections.items():
        before = [getattr(row, name) for name in _COLUMNS]
        if row.part_of_id:
            received = division.sections[row.part_of_id]
            row.current_id, row.position = received.current_id, received.position
            row.gone_id, row.withdrawn = received.gone_id, received.withdrawn
        row.shown_in_id, row.divided_text = division.shown_in.get(pk), division.text_of(pk)
        after = [getattr(row, name) for name in _COLUMNS]
        if before != after:
            # A part that moved along with its entry, or has the same words in a later version, is not new to readers.
            if before[2:] != after[2:]:
                row.changed = timezone.now()
            marked.append(row)
    Section.objects.bulk_update(marked, [*(name.removesuffix("_id") for name in _COLUMNS), "changed"], batch_size=200)
    return bool(marked)


def load_division(article_id: int) -> Division:
    """Returns what is shown of the divided entries of an article as they are now. Three queries."""
    rows = Section.objects.filter(article=article_id, current__isnull=False).order_by("position", "id")
    sections = {row.pk: row for row in rows.only(*(name.removesuffix("_id") for name in _READ))}
    involved = {pk for pk, row in sections.items() if row.part_of_id or row.joined_to_id}
    involved |= {key for pk in involved for key in (sections[pk].part_of_id, sections[pk].joined_to_id) if key}
    involved |= {key for pk in involved if (key := sections[pk].part_of_id)}
    current = {sections[pk].current_id for pk in involved if not sections[pk].part_of_id}
    division = Division(sections, SectionVersion.objects.in_bulk(current))
    _cut(division)
    _join(division)
    return division


def load_parts(sections: Iterable[int]) -> dict[int, tuple[Part, ...]]:
    """Returns what sections that are divided show of versions. One query, and four for each of their articles."""
    rows = Section.objects.filter(pk__in=list(sections), divided_text__isnull=False, shown_in=None).order_by("pk")
    articles = dict(rows.values_list("pk", "article"))
    divisions = {article: load_division(article) for article in sorted(set(articles.values()))}
    return {pk: tuple(divisions[article].parts_of(pk)) for pk, article in articles.items()}


def _cut(division: Division) -> None:
    starts: defaultdict[int, dict[int, str]] = defaultdict(dict)
    for pk, row in division.sections.items():
        if row.part_of_id:
            starts[row.part_of_id][pk] = row.first_paragraph
    for received, parts in starts.items():
        version = division.versions[division.sections[received].current_id or 0]
        extents = cut(version.paragraphs, received, parts)
        division.shown_in |= dict.fromkeys(parts.keys() - extents.keys(), received)
        if len(extents) > 1:
            division.extents |= extents


def _join(division: Division) -> None:
    sections = division.sections
    wanted = {pk: row.joined_to_id for pk, row in sections.items() if row.joined_to_id and pk not in division.shown_in}
    if wanted:
        usable = _usable({*wanted, *wanted.values()}, sections)
        order = _place(sections)
        for pk in sorted(wanted, key=lambda pk: order[pk]):
            first = wanted[pk]
            can_show = first in sections and first not in division.shown_in and first not in wanted
            if can_show and {pk, first} <= usable and _state(sections, pk) == _state(sections, first):
                division.joined.setdefault(first, []).append(pk)
        division.shown_in |= {pk: first for first, others in division.joined.items() for pk in others}
    # Of a part whose paragraph is gone, the words are where those of its entry are.
    division.shown_in |= {pk: division.shown_in.get(key, key) for pk, key in division.shown_in.items()}


def _place(sections: Mapping[int, Section]) -> dict[int, int]:
    moves = {pk: row.curated_after for pk, row in sections.items() if row.curated_after is not None}
    return {pk: place for place, pk in enumerate(arrange(list(sections), moves))}


def _usable(ids: Iterable[int], sections: Mapping[int, Section]) -> set[int]:
    """Returns those of the sections whose received words may be shown: of others, no section may have any."""
    received = {pk: sections[pk].part_of_id or pk for pk in ids if pk in sections}
    rows = Section.objects.filter(has_usable_words(timezone.now()), pk__in=set(received.values()))
    usable = set(rows.values_list("pk", flat=True))
    return {pk for pk, key in received.items() if key in usable}


def _state(sections: Mapping[int, Section], pk: int) -> tuple[bool, bool]:
    row = sections[sections[pk].part_of_id or pk]
    return row.gone_id is None, row.withdrawn


# --- what curators do ---


@dataclass(frozen=True)
class Boundary:
    """A place between two paragraphs of an entry as it is shown, at which it can be split.

    `section` has the paragraph after it; `digest` is empty where that is the first of a section that was joined.
    """

    place: int
    section: int
    digest: str


def boundaries_of(section: Section) -> list[Boundary]:
    """Returns where an entry can be split, by the number of paragraphs before each place. Three queries."""
    return _boundaries(load_division(section.article_id), section)


def _boundaries(division: Division, section: Section) -> list[Boundary]:
    if section.pk not in division.joined and section.pk not in division.extents:
        return _inner(section.pk, 0, paragraph_digests(section.paragraphs), 0)
    found, place = [], 0
    for pk in (section.pk, *division.joined.get(section.pk, ())):
        lines = division.lines_of(pk, follows=place > 0)
        if place:
            found.append(Boundary(place, pk, ""))
        digests = division.digests_of(pk)
        found += _inner(pk, place, digests, len(lines) - len(digests))
        place += len(lines)
    return found


def _inner(pk: int, place: int, digests: list[str], headings: int) -> list[Boundary]:
    # A section that has nothing but a heading would be left before the first paragraph.
    return [Boundary(place + headings + at, pk, digest) for at, digest in enumerate(digests) if at]


def rows_of_split(section: Section) -> set[int]:
    """Returns the sections that a split or a join of an entry may change."""
    rows = section.article.sections.filter(Q(joined_to=section.pk) | Q(curated_after=section.pk))
    return {section.pk, *rows.values_list("pk", flat=True)}


def split_entry(section: Section, place: int) -> tuple[int, bool]:
    """Splits an entry before a paragraph that it shows; returns the section that begins there, and if it is new.

    Call it in an operation that watches `rows_of_split`. Raises CurationError where it cannot be split there.
    """
    if reason := why_not_split(section):
        raise CurationError(f"The entry cannot be split. {reason}")
    division = load_division(section.article_id)
    boundary = next((found for found in _boundaries(division, section) if found.place == place), None)
    if boundary is None:
        raise CurationError(f"The entry cannot be split before paragraph {place + 1}.")
    joined = division.joined.get(section.pk, [])
    if boundary.digest:
        begins = _make_part(section, Section.objects.select_related("current").get(pk=boundary.section), boundary)
        after = joined[joined.index(boundary.section) + 1 :] if boundary.section in joined else joined
    else:
        begins = Section.objects.get(pk=boundary.section)
        Section.objects.filter(pk=begins.pk).update(joined_to=None)
        after = joined[joined.index(begins.pk) + 1 :]
    Section.objects.filter(pk__in=after).update(joined_to=begins)
    Section.objects.filter(pk=begins.pk).update(shown_in=None)
    if begins.part_of_id:
        order = load_entry_order(section.article.sections.all())
        save_places(move_behind(order.received, order.moves, begins.pk, section.pk))
    return begins.pk, bool(boundary.digest)


def _make_part(section: Section, before: Section, boundary: Boundary) -> Section:
    """Makes the part that begins in a section; it has the values of the entry, and no heading yet."""
    received = before.received
    heading = received.current.heading if received.current else ""
    curated = {column: getattr(before, column) for column in Section.SHOWN_COLUMNS}
    part = Section.objects.create(
        article_id=section.article_id,
        position=received.position,
        current_id=received.current_id,
        gone_id=received.gone_id,
        withdrawn=received.withdrawn,
        part_of=received,
        first_paragraph=boundary.digest,
        **{**curated, "curated_heading": "" if heading else None, "divided_text": None},
    )
    part.topics.set(before.topics.all())
    return part


def find_next(section: Section) -> Section | None:
    """Returns the entry that follows another in the order of readers; None for the last. Two queries."""
    shown = load_entry_order(section.article.sections.all()).shown
    at = shown.index(section.pk) + 1
    return Section.objects.select_related("current", "article__source").get(pk=shown[at]) if at < len(shown) else None


def why_not_split(section: Section) -> str:
    """Returns why an entry cannot be split at any place; empty if it can where it has a boundary."""
    # What was withdrawn together would be opened in part.
    return "It is withdrawn from readers. Restore it first." if section.is_closed(timezone.now()) else ""


def why_not_joined(first: Section, second: Section) -> str:
    """Returns why two entries cannot be joined; empty if they can. One query."""
    now = timezone.now()
    if (first.gone_id is None, first.withdrawn) != (second.gone_id is None, second.withdrawn):
        return "One of the two is no longer on the page, and the other is."
    if first.is_closed(now) or second.is_closed(now):
        return "One of the two is withdrawn from readers. Restore it first."
    both = {first.pk: first, second.pk: second}
    if len(_usable(both, both)) < len(both):
        return "The words of one of the two are withheld from readers."
    if len(first.text) + len(second.text) > MAX_JOINED_CHARS:
        return f"Together they have more than {MAX_JOINED_CHARS:,} characters."
    return ""


def join_entries(first: Section, second: Section) -> None:
    """Shows the words of an entry after those of the entry before it, and all that was joined to it.

    Call it in an operation that watches `rows_of_split` of both. Raises CurationError where they cannot be joined.
    """
    if reason := why_not_joined(first, second):
        raise CurationError(f"The entries cannot be joined. {reason}")
    sections = first.article.sections
    # It is shown by itself: what it was once joined to is no longer on the page.
    sections.filter(pk=first.pk).update(joined_to=None)
    sections.filter(Q(pk=second.pk) | Q(joined_to=second.pk)).update(joined_to=first)
    # Whoever looks for a topic of the second finds its words in the first; the second keeps its own.
    Section.objects.get(pk=first.pk).topics.add(*Topic.objects.filter(sections=second.pk))
    # What stands behind the second stays where it is.
    sections.filter(curated_after=second.pk).exclude(pk=first.pk).update(curated_after=first.pk)


def find_kin(section_ids: Iterable[int]) -> dict[int, frozenset[int]]:
    """Returns, with each section, those that share words with it: its parts, and what is joined to it. One query.

    What is withdrawn of one of them is withdrawn of all: their received words cannot be told apart.
    """
    ids = set(section_ids)
    articles = Section.objects.filter(pk__in=ids).order_by().values("article")
    links = Section.objects.filter(IS_DIVIDED, article__in=articles).order_by()
    group: dict[int, set[int]] = {}
    for pk, *others in links.values_list("pk", "part_of", "joined_to"):
        for other in filter(None, others):
            together = group.get(pk, {pk}) | group.get(other, {other})
            group |= dict.fromkeys(together, together)
    return {pk: frozenset(group.get(pk, {pk})) for pk in ids}
