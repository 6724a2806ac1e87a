"""Why an export differs from an earlier one, as the record knows: captures, edits by curators, withdrawals, deletions.

Reasons have no words of articles. Of what readers may not see now, they say that alone.
"""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from typing import TypeVar

from archive.models import Article, Edit, PublishingStatus, Section, SectionVersion, shown_sections, shown_versions
from archive.operations import articles_taken_back, sections_divided_since

from ...text import MONTH_NAMES
from ..listing import ListedSection
from .comparing import ChangedArticle, Reasons

_CHUNK_ROWS = 500
# What a field of a version is called, where it differs.
_FIELD_NAMES = {
    "words_sha256": "words",
    "byline": "byline",
    "published": "time",
    "published_precision": "time",
    "key_event": "key event",
    "note": "note",
}

# Fields that articles share: their names change for all of them.
_NAMES = {"source": "A source", "topics": "A topic"}

NOT_SHOWN = "Not shown any more."
DELETED = "Deleted from the archive."
WITHDRAWN = "Withdrawn by its outlet."
SHOWN_NOW = "Matches now, or is shown again."
DIVIDED = "an entry was split or joined by a curator"
NO_LONGER_SPLIT = "No longer split: its entry is as received."
NO_MATCH = "No longer matches, or comes after the first rows that were asked for."

AnyRow = TypeVar("AnyRow")


@dataclass(frozen=True)
class ArchiveReasons:
    """The reasons that the record knows of what changed after `since`, as readers may see it `now`."""

    since: datetime
    now: datetime

    def of_added(self, sections: Collection[ListedSection]) -> Reasons:
        return _in_chunks(sections, self._of_added)

    def of_gone(self, sections: Collection[ListedSection]) -> Reasons:
        return _in_chunks(sections, self._of_gone)

    def of_versions(self, pairs: Collection[tuple[ListedSection, ListedSection]]) -> Reasons:
        return _in_chunks(pairs, self._of_versions)

    def of_entries(self, pairs: Collection[tuple[ListedSection, ListedSection]]) -> Reasons:
        return _in_chunks(pairs, self._of_entries)

    def of_articles(self, articles: Collection[ChangedArticle]) -> Reasons:
        return _in_chunks(articles, self._of_articles)

    def _of_added(self, sections: Collection[ListedSection]) -> Iterator[tuple[int, tuple[str, ...]]]:
        numbers = [section.section for section in sections]
        first = SectionVersion.objects.filter(section__in=numbers, number=1, capture__run__started__gt=self.since)
        new = set(first.order_by().values_list("section", flat=True))
        newer = self._new_versions(numbers)
        edits = self._edits(section.article for section in sections)
        of_entries = self._edits(numbers, Edit.Subject.SECTION)
        for section in sections:
            number = section.section
            if number in newer:
                reason = "New in the archive:" if number in new else "Matches now: new"
                yield number, (f"{reason} capture of {_day(newer[number])}.",)
            elif number in self._divided:
                yield number, (f"Matches now: {DIVIDED}.",)
            elif edited := edits.get(section.article, set()) | of_entries.get(number, set()):
                yield number, (f"Matches now: edited by a curator: {_listed(edited)}.",)
            else:
                yield number, (f"Matches now: {self._edited_names}." if self._edited_names else SHOWN_NOW,)

    def _of_gone(self, sections: Collection[ListedSection]) -> Iterator[tuple[int, tuple[str, ...]]]:
        numbers = [section.section for section in sections]
        stored = Section.objects.filter(pk__in=numbers).order_by()
        columns = ("pk", "withdrawn", "article__status", "shown_in")
        rows = {row[0]: row[1:] for row in stored.values_list(*columns)}
        elsewhere = {pk: shown_in for pk, (_, _, shown_in) in rows.items() if shown_in}
        wanted = {*numbers, *elsewhere.values()}
        shown = set(shown_sections(self.now).filter(pk__in=wanted).order_by().values_list("pk", flat=True))
        newer = self._new_versions(numbers)
        edits = self._edits(section.article for section in sections)
        of_entries = self._edits(numbers, Edit.Subject.SECTION)
        for section in sections:
            number = section.section
            if number not in rows:
                yield number, (NO_LONGER_SPLIT if number in self._divided else DELETED,)
            elif elsewhere.get(number) in shown:
                yield number, (f"Its words are in section {elsewhere[number]} now: {DIVIDED}.",)
            elif number not in shown:
                yield number, (NOT_SHOWN,)
            elif rows[number][0] or rows[number][1] == PublishingStatus.CANCELED:
                yield number, (WITHDRAWN,)
            elif number in newer:
                yield number, (f"No longer matches: new capture of {_day(newer[number])}.",)
            elif number in self._divided:
                yield number, (f"No longer matches: {DIVIDED}.",)
            elif edited := edits.get(section.article, set()) | of_entries.get(number, set()):
                yield number, (f"No longer matches: edited by a curator: {_listed(edited)}.",)
            else:
                yield number, (f"No longer matches: {self._edited_names}." if self._edited_names else NO_MATCH,)

    def _of_versions(
        self, pairs: Collection[tuple[ListedSection, ListedSection]]
    ) -> Iterator[tuple[int, tuple[str, ...]]]:
        found = SectionVersion.objects.filter(section__in=[new.section for _, new in pairs]).select_related("capture")
        versions = {(version.section_id, version.number): version for version in found.order_by()}
        for old, new in pairs:
            before, after = versions.get((old.section, old.version)), versions.get((new.section, new.version))
            numbers = f"(version {old.version}, now {new.version})"
            if before and after:
                fields = _differing(before, after)
                yield new.section, (f"New capture of {_day(after.capture.captured)}: {', '.join(fields)} {numbers}.",)
            else:
                yield new.section, (f"New capture {numbers}.",)

    def _of_entries(
        self, pairs: Collection[tuple[ListedSection, ListedSection]]
    ) -> Iterator[tuple[int, tuple[str, ...]]]:
        """Yields why entries differ that a curator edited."""
        for number, names in self._edits([new.section for _, new in pairs], Edit.Subject.SECTION).items():
            yield number, (f"Edited by a curator: {_listed(names)}.",)

    def _of_articles(self, articles: Collection[ChangedArticle]) -> Iterator[tuple[int, tuple[str, ...]]]:
        """Yields why articles differ: nothing of one without fields that is again as it was."""
        numbers = [article.article for article in articles]
        as_before = articles_taken_back([article.article for article in articles if not article.fields], self.since)
        edits, names_of = self._edits(numbers), self._with_edited_names(numbers)
        received = shown_versions(self.now).filter(article__in=numbers, capture__run__started__gt=self.since)
        captured = dict(received.order_by("capture").values_list("article", "capture__captured"))
        sections = Section.objects.filter(article__in=numbers).order_by() if self._divided else Section.objects.none()
        divided = {article for pk, article in sections.values_list("pk", "article") if pk in self._divided}
        for article in articles:
            edited = edits.get(article.article, set())
            if article.article in as_before and article.article not in captured:
                continue
            if article.fields:
                edited = {name for name in edited if name.lower() in article.fields}
            known = {name.lower() for name in edited}
            renamed = [name for name in article.fields if name not in known and article.article in names_of[name]]
            left = [name for name in article.fields if name not in known and name not in renamed]
            reasons = [f"Edited by a curator: {_listed(edited)}."] if edited else []
            reasons += [f"{_NAMES[name]} was edited or merged by a curator: {name}." for name in renamed]
            reasons += [f"{DIVIDED[:1].upper()}{DIVIDED[1:]}."] if article.article in divided else []
            if left or not reasons:
                at, names = captured.get(article.article), self._edited_names
                reason = f"New capture of {_day(at)}" if at else names[:1].upper() + names[1:] or "Changed"
                reasons.append(f"{reason}{': ' if left else ''}{_listed(left)}.")
            yield article.article, tuple(reasons)

    @cached_property
    def _divided(self) -> frozenset[int]:
        """The sections that curators split or joined, or whose split or join was undone."""
        return sections_divided_since(self.since)

    def _with_edited_names(self, articles: Collection[int]) -> Mapping[str, set[int]]:
        """Returns the articles whose source was edited or merged, and those with such a topic, by field."""
        edits = Edit.objects.filter(at__gt=self.since).order_by()
        sources = edits.filter(subject=Edit.Subject.SOURCE).values("subject_id")
        topics = edits.filter(subject=Edit.Subject.TOPIC).values("subject_id")
        of_sources = Article.objects.filter(pk__in=articles, source__in=sources).order_by()
        of_topics = Article.topics.through.objects.filter(article__in=articles, topic__in=topics)
        found = {"source": of_sources.values_list("pk"), "topics": of_topics.values_list("article")}
        return defaultdict(set, {name: {number for (number,) in numbers} for name, numbers in found.items()})

    @cached_property
    def _edited_names(self) -> str:
        """Which names curators edited or merged, of whichever articles; empty if none."""
        named = (Edit.Subject.SOURCE, Edit.Subject.TOPIC)
        others = Edit.objects.filter(at__gt=self.since, subject__in=named).order_by()
        subjects = sorted(set(others.values_list("subject", flat=True)))
        return f"a {' or '.join(subjects)} was edited or merged by a curator" if subjects else ""

    def _new_versions(self, sections: Collection[int]) -> dict[int, datetime]:
        """Returns when the words that are current now were captured, of sections that have them since."""
        versions = SectionVersion.objects.filter(section__in=sections, capture__run__started__gt=self.since)
        current = versions.filter(current_of__isnull=False).order_by()
        return dict(current.values_list("section", "capture__captured"))

    def _edits(self, numbers: Iterable[int], subject: Edit.Subject = Edit.Subject.ARTICLE) -> dict[int, set[str]]:
        """Returns the fields that curators edited of articles or sections, and did not take back."""
        edits = Edit.objects.filter(subject=subject, subject_id__in=set(numbers), at__gt=self.since).exclude(field="")
        before: dict[tuple[int, str], str] = {}
        after: dict[tuple[int, str], str] = {}
        for number, field, old, new in edits.order_by("pk").values_list("subject_id", "field", "old", "new"):
            before.setdefault((number, field), old)
            after[number, field] = new
        fields: defaultdict[int, set[str]] = defaultdict(set)
        for (number, field), value in after.items():
            if value != before[number, field]:
                fields[number].add(field)
        return fields


def _in_chunks(
    rows: Collection[AnyRow], reasons_of: Callable[[Collection[AnyRow]], Iterator[tuple[int, tuple[str, ...]]]]
) -> Reasons:
    listed = list(rows)
    chunks = (listed[start : start + _CHUNK_ROWS] for start in range(0, len(listed), _CHUNK_ROWS))
    return dict(pair for chunk in chunks for pair in reasons_of(chunk))


def _differing(before: SectionVersion, after: SectionVersion) -> list[str]:
    names = (name for name in SectionVersion.COMPARED_FIELDS if getattr(before, name) != getattr(after, name))
    return list(dict.fromkeys(_FIELD_NAMES[name] for name in names)) or ["the same words"]


def _listed(fields: Iterable[str]) -> str:
    return ", ".join(sorted(filter(None, fields)))


def _day(time: datetime) -> str:
    at = time.astimezone(UTC)
    return f"{at.day} {MONTH_NAMES[at.month]} {at:%Y, %H:%M} UTC"
