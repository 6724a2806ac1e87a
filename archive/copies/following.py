"""Keeps what is known of copies in step with the articles that are shown.

Whoever changes an article records a Change, and search calls `follow` with the changed articles before it indexes
them: whatever can happen to an article, from a new version to its return from the trash, comes this way. An article
that may not be shown is as if it were not there: nothing is kept of its words, so that nothing of them can show
through its copies. Another address of an article is no copy of it. Live pages are not compared: each is a collection
of its own, whose entries quote agencies.
"""

import struct
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from django.db import connection, transaction
from django.db.models import Count, Exists, OuterRef, QuerySet
from django.utils import timezone

from ..batches import in_parts
from ..likeness import (
    Likeness,
    ShingledText,
    agency_of_source,
    compare,
    credited_agencies,
    digest_of,
    may_be_copies,
    prints_of,
    shingle,
)
from ..models import (
    Article,
    ComparedText,
    CopyPair,
    Section,
    Source,
    TextPrint,
    is_section_shown,
    shown_articles,
    wait_to_write,
)
from .grouping import Pairs, find_groups, pairs_around

# So many are compared in one transaction: it takes half a second, and others write in between.
BATCH_ARTICLES = 100
# A number that so many articles have is of words that say nothing of the text. It bounds the work for each article,
# whatever the size of the archive; a text printed by more outlets is found by those that came first.
_MAX_ARTICLES_OF_PRINT = 200
# Articles with most in common come first.
_MAX_COMPARED = 200


@dataclass(frozen=True)
class _Words:
    """What is compared of an article that is shown."""

    text: ShingledText
    credited: str


def follow(article_ids: Iterable[int]) -> set[int]:
    """Compares these articles again as far as their words changed; returns those of all whose facts are others now.

    The facts are the first article of the group, and the agency. One transaction for each BATCH_ARTICLES articles, of
    about ten queries, and 1 ms for each article.
    """
    affected: set[int] = set()
    ids = sorted(set(article_ids))
    for start in range(0, len(ids), BATCH_ARTICLES):
        with transaction.atomic():
            wait_to_write()
            affected |= _follow_batch(ids[start : start + BATCH_ARTICLES])
    return affected


def catch_up(progress: Callable[[int, int], None], *, on_batch: Callable[[set[int]], None] | None = None) -> None:
    """Compares the articles that were never compared, such as those of an archive from before.

    Each batch is kept, so that it goes on where it was stopped. `on_batch` is called in the transaction of each batch
    with what `follow` returns.
    """
    waiting = _never_compared().order_by("pk").values_list("pk", flat=True)
    total, done, last = waiting.count(), 0, 0
    while ids := list(waiting.filter(pk__gt=last)[:BATCH_ARTICLES]):
        with transaction.atomic():
            affected = follow(ids)
            if on_batch:
                on_batch(affected)
        done, last = done + len(ids), ids[-1]
        progress(done, total)


def _never_compared() -> QuerySet[Article]:
    compared = ComparedText.objects.filter(article_id=OuterRef("pk"))
    return shown_articles(timezone.now()).filter(~Exists(compared), same_as=None)


@dataclass(frozen=True)
class Known:
    """How many articles are compared, have copies, and wait; and the number of groups."""

    compared: int
    with_copies: int
    groups: int
    waiting: int


def count_known() -> Known:
    """Returns how far the comparing of articles is. Four counts."""
    grouped = ComparedText.objects.exclude(first=None)
    groups: int = grouped.aggregate(groups=Count("first", distinct=True))["groups"]
    return Known(ComparedText.objects.count(), grouped.count(), groups, _never_compared().count())


def forget_all() -> set[int]:
    """Deletes all that is known of copies, which `catch_up` makes again; returns of which articles something was."""
    with transaction.atomic():
        wait_to_write()
        known = set(ComparedText.objects.exclude(first=None, agency="").values_list("pk", flat=True))
        for model in (CopyPair, TextPrint, ComparedText):
            rows = model._default_manager.all()
            rows._raw_delete(rows.db)
    return known


def _follow_batch(ids: Sequence[int]) -> set[int]:
    known = ComparedText.objects.in_bulk(ids)
    found = load_words(ids)
    new, gone, touched = {}, [], set()
    for pk in ids:
        row, words = known.get(pk), found.get(pk)
        if row and words is None:
            gone.append(pk)
        elif words and (row is None or row.digest != digest_of(words.text)):
            new[pk] = words.text
        elif row and words and (row.first is not None or row.credited != words.credited):
            touched.add(pk)  # its time may be another, and with it the order of its group
    neighbours = _forget([*gone, *(pk for pk in new if pk in known)], known)
    ComparedText.objects.filter(pk__in=gone).delete()
    _store(found, known, new)
    _find_pairs(new)
    credited = {pk for pk, words in found.items() if pk not in known and words.credited}
    return credited | _regroup(pairs_around({*new, *touched, *neighbours}))


def load_words(ids: Iterable[int]) -> dict[int, _Words]:
    """Returns what is compared of those of these articles that are shown. Two queries and the shingles."""
    now = timezone.now()
    wanted = list(ids)
    rows = shown_articles(now).filter(pk__in=wanted, same_as=None).order_by()
    columns = rows.values_list("pk", "kind", "byline", "source__name", "source__kind")
    paragraphs: defaultdict[int, list[str]] = defaultdict(list)
    sections = (
        # As received: how curators divide an article makes it no other article.
        Section.objects.filter(is_section_shown(now), part_of=None)
        .filter(article_id__in=wanted, article__kind=Article.Kind.ARTICLE, gone=None, withdrawn=False)
        .exclude(current=None)
        .order_by("article_id", "position", "id")
    )
    for pk, text in sections.values_list("article_id", "current__text"):
        paragraphs[pk] += text.split("\n")
    found = {}
    for pk, kind, byline, source, source_kind in columns:
        agencies = credited_agencies(byline, paragraphs[pk]) if kind == Article.Kind.ARTICLE else ()
        own = agency_of_source(source, is_agency=source_kind == Source.Kind.AGENCY)
        found[pk] = _Words(shingle(paragraphs[pk]), "\n".join(agencies or filter(None, [own])))
    return found


def _forget(ids: Sequence[int], known: Mapping[int, ComparedText]) -> set[int]:
    """Deletes the prints and pairs of articles; returns who was their copy."""
    numbers = {number for pk in ids for number in _unpacked(known[pk].prints)}
    for some in in_parts(sorted(numbers)):
        rows = TextPrint.objects.filter(number__in=some, article_id__in=ids)
        rows._raw_delete(rows.db)
    pairs = CopyPair.objects.filter(article_id__in=ids)
    neighbours = set(pairs.values_list("other_id", flat=True))
    pairs._raw_delete(pairs.db)
    if neighbours:
        pairs = CopyPair.objects.filter(article_id__in=neighbours, other_id__in=ids)
        pairs._raw_delete(pairs.db)
    return neighbours


def _store(found: Mapping[int, _Words], known: Mapping[int, ComparedText], new: Mapping[int, ShingledText]) -> None:
    rows = [
        ComparedText(
            article_id=pk,
            digest=digest_of(words.text),
            prints=_packed(prints_of(words.text)),
            credited=words.credited,
            agency=known[pk].agency if pk in known else words.credited,
            first=known[pk].first if pk in known else None,
        )
        for pk, words in found.items()
        if pk in new or known[pk].credited != words.credited
    ]
    ComparedText.objects.bulk_create(
        rows,
        update_conflicts=True,
        unique_fields=["article_id"],
        update_fields=["digest", "prints", "credited", "agency", "first"],
    )


def _find_pairs(new: Mapping[int, ShingledText]) -> None:
    """Finds the copies of articles with new words among all, and stores the pairs and the prints."""
    prints = {pk: prints_of(text) for pk, text in new.items()}
    having = _articles_with({number for numbers in prints.values() for number in numbers})
    stored = []
    for pk, numbers in prints.items():
        for number in numbers:
            articles = having[number]
            if len(articles) < _MAX_ARTICLES_OF_PRINT:
                articles.append(pk)
                stored.append((number, pk))
    _insert_prints(stored)
    candidates = {pk: _candidates(pk, numbers, having) for pk, numbers in prints.items()}
    others = {other for found in candidates.values() for other in found} - prints.keys()
    rows = ComparedText.objects.filter(pk__in=others).values_list("pk", "prints") if others else ()
    sampled = prints | {pk: _unpacked(packed) for pk, packed in rows}
    worth = {
        (min(pk, other), max(pk, other))
        for pk, found in candidates.items()
        for other in found
        if may_be_copies(prints[pk], sampled.get(other, ()))
    }
    pairs = dict(_compare_pairs(sorted(worth), new))
    copies = [(pair, likeness) for pair, likeness in pairs.items() if likeness.is_copy]
    CopyPair.objects.bulk_create(
        CopyPair(article_id=article, other_id=other, contained=likeness.contained, resemblance=likeness.resemblance)
        for pair, likeness in copies
        for article, other in (pair, pair[::-1])
    )


def _compare_pairs(
    pairs: Sequence[tuple[int, int]], new: Mapping[int, ShingledText]
) -> Iterator[tuple[tuple[int, int], Likeness]]:
    """Yields pairs with their likeness. Loads the words that are not new, those of some pairs at a time."""
    for some in in_parts(pairs, size=_MAX_COMPARED):
        words = load_words({pk for pair in some for pk in pair} - new.keys())
        texts = {pk: found.text for pk, found in words.items()} | dict(new)
        for pair in some:
            if pair[0] in texts and pair[1] in texts:
                yield pair, compare(texts[pair[0]], texts[pair[1]])


def _candidates(pk: int, numbers: Sequence[int], having: Mapping[int, Sequence[int]]) -> list[int]:
    counts = Counter(other for number in numbers for other in having[number])
    del counts[pk]
    return [other for other, count in counts.most_common(_MAX_COMPARED) if count > 1]


def _articles_with(numbers: Iterable[int]) -> defaultdict[int, list[int]]:
    having: defaultdict[int, list[int]] = defaultdict(list)
    table = connection.ops.quote_name(TextPrint._meta.db_table)
    with connection.cursor() as cursor:
        for some in in_parts(sorted(numbers)):
            # The ORM takes longer to write this statement than the database to answer it.
            places = ", ".join(["%s"] * len(some))
            cursor.execute(f"SELECT number, article_id FROM {table} WHERE number IN ({places})", some)  # noqa: S608
            for number, pk in cursor.fetchall():
                having[number].append(pk)
    return having


def _insert_prints(rows: Sequence[tuple[int, int]]) -> None:
    # Forty for each article: as model instances they would take longer than all the rest.
    table = connection.ops.quote_name(TextPrint._meta.db_table)
    with connection.cursor() as cursor:
        cursor.executemany(f"INSERT INTO {table} (number, article_id) VALUES (%s, %s)", rows)  # noqa: S608


def _regroup(copies: Pairs) -> set[int]:
    """Writes the first article and the agency of each of these; returns those for which they are others now."""
    rows = {row.pk: row for some in in_parts(sorted(copies)) for row in ComparedText.objects.filter(pk__in=some)}
    facts = find_groups(copies, {pk: row.credited for pk, row in rows.items()})
    changed = []
    for row in rows.values():
        if (row.first, row.agency) != facts[row.pk]:
            row.first, row.agency = facts[row.pk]
            changed.append(row)
    ComparedText.objects.bulk_update(changed, ["first", "agency"], batch_size=BATCH_ARTICLES)
    return {row.pk for row in changed}


def _packed(numbers: Sequence[int]) -> bytes:
    return struct.pack(f"<{len(numbers)}q", *numbers)


def _unpacked(packed: bytes | memoryview) -> list[int]:
    return list(struct.unpack(f"<{len(packed) // 8}q", packed))
