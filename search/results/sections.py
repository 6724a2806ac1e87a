"""The sections of a result as records of the database, for feeds: nothing is marked or grouped.

Those of exports are in `exported`.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from functools import lru_cache
from itertools import islice

from django.db.models import Exists, OuterRef, Q, QuerySet, Value
from django.db.models.functions import Length
from django.utils import timezone

from archive.history import load_first_received
from archive.models import Section, SectionVersion, shown_sections
from archive.prepared_queries import PreparedQuery

from ..engines import Reader
from ..index import shown_index
from .question import Question
from .visit import MAX_PART_SECTIONS


def load_latest_sections(question: Question, limit: int, *, now: datetime) -> list[Section]:
    """Returns the matching sections that the archive took in or changed last, with all that a feed writes.

    Four database queries.

    Raises QueryError and EngineError.
    """
    latest = question.with_sort("captured")
    index = shown_index()
    request = latest.to_request(latest.parse(now, index=index), now=now, by_article=False, limit=limit)
    if latest.unit == "article":
        # A page of articles has only the best sections of each.
        return _load_whole(list(islice(index.scan(request), limit)))
    return _load_whole([section_id for hit in index.search(request).hits for section_id in hit.section_ids])


def count_long_sections(
    question: Question, index: Reader, max_chars: int, is_long: Callable[[str], bool], *, now: datetime
) -> int:
    """Counts those of `find_long_sections` that an export has. Raises QueryError and EngineError.

    `index` is what answered the question, so that both agree.
    """
    ids = find_long_sections(max_chars, is_long)
    return len(index.among(question.to_request(question.parse(now, index=index), now=now), ids)) if ids else 0


def find_long_sections(max_chars: int, is_long: Callable[[str], bool]) -> list[int]:
    """Returns the sections that have a long text: `is_long` decides for those of up to `max_chars`.

    One database query, and one more for each text that must be looked at for the first time.
    """
    # A program that counts UTF-16 code units counts twice as many.
    rows = _LONGER.rows(chars=max_chars // 2)
    return [
        section
        for section, length, version, words in rows
        if length > max_chars or (_is_long_version(version, words, is_long) if version else is_long(words))
    ]


def _longer_than(chars: int) -> QuerySet[SectionVersion, tuple[int, int, int, str]]:
    """Returns sections with their lengths, versions and their hashes; of divided ones 0 and the text."""
    # From the versions, whose lengths have an index.
    undivided = Q(current_of__isnull=False, current_of__divided_text__isnull=True)
    current = SectionVersion.objects.filter(undivided).annotate(length=Length("text")).order_by()
    divided = Section.objects.filter(divided_text__isnull=False).annotate(length=Length("divided_text")).order_by()
    rows = current.filter(length__gt=chars).values_list("current_of", "length", "pk", "words_sha256")
    of_divided = divided.filter(length__gt=chars).values_list("pk", "length", Value(0), "divided_text")
    return rows.union(of_divided, all=True)


_LONGER = PreparedQuery(_longer_than)


@lru_cache(maxsize=10_000)
def _is_long_version(version: int, words_sha256: str, is_long: Callable[[str], bool]) -> bool:
    """Whether the text of a version is long. Versions never change; the hash tells those of other databases apart."""
    return is_long(SectionVersion.objects.values_list("text", flat=True).get(pk=version))


def load_in_order(sections: QuerySet[Section], ids: Sequence[int]) -> list[Section]:
    """Returns the sections with these ids, in their order. One database query.

    Leaves out ids that are not found: the index may not yet have followed a change.
    """
    return in_order(sections.in_bulk(ids), ids)


def in_order(found: Mapping[int, Section], ids: Sequence[int]) -> list[Section]:
    """Returns those of these sections that were found, in the order of the ids."""
    return [found[section_id] for section_id in ids if section_id in found]


# The attribute of the model; by its name, since checkers take an annotation for another definition of it.
_IS_IN_PARTS = "is_in_parts"


def mark_parts(sections: QuerySet[Section]) -> QuerySet[Section]:
    """Returns the same sections with `is_in_parts`, which `section_url` needs."""
    in_article = Section.objects.filter(article=OuterRef("article")).order_by()
    return sections.annotate(**{_IS_IN_PARTS: Exists(in_article[MAX_PART_SECTIONS : MAX_PART_SECTIONS + 1])})


def section_url(article_url: str, section: Section) -> str:
    """Returns the URL of a section on its article's page. `article_url` may have parameters.

    It names the section to the server only where the page may show another part without it.
    """
    separator = "&" if "?" in article_url else "?"
    parameter = f"{separator}section={section.pk}" if section.is_in_parts else ""
    return f"{article_url}{parameter}#{section.anchor}"


def _load_whole(ids: Sequence[int]) -> list[Section]:
    """Returns the sections with these ids, in their order, with all that a feed writes. Five database queries."""
    sections = shown_sections(timezone.now()).select_related("article__source", "current__capture")
    found = load_in_order(sections.prefetch_related("article__topics", "topics"), ids)
    load_first_received((section.article_id, section.current) for section in found if section.current)
    return found
