"""Records what an act of a curator changes: the rows before and after, and the edits that people read of it."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager

from django.db import transaction
from django.db.models import F, Max, Model
from django.utils import timezone
from django.utils.text import Truncator

from ..annotating import mark_articles
from ..curation import ValueSnapshot, close, divide, record_additions, record_edits, take_snapshot
from ..ingest import settle_articles
from ..models import (
    Article,
    Capture,
    Mention,
    Name,
    Operation,
    OperationRow,
    Section,
    Source,
    Spelling,
    Statement,
    Verdict,
    Withdrawal,
    follow_names,
    is_in_shown_words,
    mark_changed,
    record_changes,
    wait_to_write,
)
from .images import BATCH_ROWS, OwnedImage, differing, read_images, read_rows
from .kinds import Kind
from .subjects import ANNOTATED, SUBJECTS, Owned, Subject

# A label is read in lists; headlines in it, and undoings of undoings, would make it long.
_MAX_LABEL_CHARS = 300


# The columns from which the rules of `archive.annotating` take the day and the language of a text.
_READ_BY_RULES: Mapping[type[Model], frozenset[str]] = {
    Source: frozenset({"zone"}),
    Article: frozenset({"published", "published_precision", "published_offset", "source_id", "language"}),
    Section: frozenset({"curated_published", "curated_precision"}),
}


class Act:
    """What happens in an operation: which rows it may change. Made by `operation` alone.

    `operation` is what is recorded; if nothing changes, it is gone after the block. Then `changed` has the numbers of
    the articles, sources and topics that changed, by model. `label` may be set within the block.
    """

    def __init__(self, kind: Kind, operation: Operation) -> None:
        self.kind, self.operation, self.label = kind, operation, operation.label
        self.changed: dict[type[Model], set[int]] = defaultdict(set)
        self._watched: dict[type[Model], set[int]] = defaultdict(set)
        self._created: dict[type[Model], set[int]] = defaultdict(set)
        self._before: dict[Owned, dict[int, OwnedImage]] = defaultdict(dict)
        self._texts: list[tuple[ValueSnapshot, str]] = []

    def watch(self, model: type[Model], ids: Iterable[int], *, how: str = "") -> None:
        """Reads articles, sources or topics before they are changed, and the rows that belong to them.

        `how` is what their edits say, where it is not the name of the kind.
        """
        new = set(ids) - self._watched[model]
        if not new:
            return
        self._watched[model] |= new
        for table in SUBJECTS[model].tables:
            self._before[table] |= read_images(table.model, table.path, new)
        self._texts.append((take_snapshot(model, new), how or self.kind.name))

    def created(self, model: type[Model], ids: Iterable[int]) -> None:
        """Says that rows are new: they were not there before."""
        new = set(ids)
        self._watched[model] |= new
        self._created[model] |= new

    def finish(self) -> None:
        """Writes what changed, and records the articles that must be indexed again."""
        renamed = self._follow_names()
        rows = [row for subject in SUBJECTS.values() for table in subject.tables for row in self._rows_of(table)]
        if not rows:
            return
        OperationRow.objects.bulk_create(rows, batch_size=BATCH_ROWS)
        touched = sum(len(ids) for ids in self.changed.values())
        Operation.objects.filter(pk=self.operation.pk).update(
            label=_shorten(self.label), touched=F("touched") + touched
        )
        for snapshot, how in self._texts:
            record_edits(snapshot, operation=self.operation, how=how)
        for model, ids in self._created.items():
            record_additions(model, ids, operation=self.operation)
        self._annotate_again(rows)
        self._index_again(rows, renamed)

    def _rows_of(self, table: Owned) -> Iterator[OperationRow]:
        """Yields the rows of a table that changed; their operation is not set yet."""
        for model, subject in SUBJECTS.items():
            if table not in subject.tables or not self._watched[model]:
                continue
            before, after = self._before[table], read_images(table.model, table.path, self._watched[model])
            for number in sorted(before.keys() | after.keys()):
                old_id, old_image = before.get(number, (0, None))
                new_id, new_image = after.get(number, (0, None))
                old, new = differing(old_image, new_image)
                if old == new:
                    continue
                subject_id = old_id or new_id
                self.changed[model].add(subject_id)
                yield OperationRow(
                    operation=self.operation,
                    table=table.model._meta.label_lower,
                    row=number,
                    subject=str(model._meta.model_name),
                    subject_id=subject_id,
                    before=old,
                    after=new,
                )

    def _annotate_again(self, rows: Iterable[OperationRow]) -> None:
        """Lets the texts wait of which the day, the language or the names beside them may be others now."""
        articles = set[int]()
        for model, subject in SUBJECTS.items():
            columns = _READ_BY_RULES.get(model, frozenset())
            of_model = {
                row.subject_id
                for row in rows
                if row.table == model._meta.label_lower
                and row.subject_id
                and columns & {*(row.before or ()), *(row.after or ())}
            }
            if of_model:
                articles |= set(subject.articles(of_model))
        # A section that is withdrawn gives no names to those beside it.
        _, closed = _part_by_withdrawal(rows)
        articles |= set(SUBJECTS[Section].articles(closed))
        articles |= _articles_named_otherwise(rows)
        ids = sorted(articles)
        for start in range(0, len(ids), BATCH_ROWS):
            mark_articles(ids[start : start + BATCH_ROWS])

    def _follow_names(self) -> set[int]:
        """Has names follow their spellings and labels; returns the articles in which one is written otherwise."""
        spellings = Spelling.objects.filter(pk__in=self._watched[Spelling]) if self._watched[Spelling] else None
        names = set(spellings.order_by().values_list("name", flat=True)) if spellings is not None else set()
        return follow_names(names | self._watched[Name])

    def _index_again(self, rows: Iterable[OperationRow], renamed: set[int]) -> None:
        # A section that is withdrawn or restored is new by itself: its article and the other sections stay.
        articles, closed = _part_by_withdrawal(rows)
        mark_changed(Section.objects.filter(pk__in=closed))
        of_sections = self.changed[Article] - articles
        annotated = renamed | _articles_of_added(rows)
        for model, subject in SUBJECTS.items():
            if model is not Article and (shown := _with_shown_change(model, subject, rows)):
                of_subject = set(subject.articles(shown)) | _articles_of_removed(model, rows)
                if model in ANNOTATED:
                    annotated |= of_subject
                elif model is Section:
                    # Of the other sections of the article, nothing changes.
                    mark_changed(Section.objects.filter(pk__in=shown))
                    of_sections |= of_subject
                else:
                    articles |= of_subject
        _mark_changed(articles)
        articles |= of_sections
        close(articles)
        settle_articles(articles)
        divide(articles)
        record_changes(articles)
        more = sorted(annotated - articles)
        for start in range(0, len(more), BATCH_ROWS):
            record_changes(more[start : start + BATCH_ROWS])


def _articles_named_otherwise(rows: Iterable[OperationRow]) -> set[int]:
    """Returns the articles in which rules find something else, since what a curator decided of it is another now.

    A name that is rejected, or is no person's, gives no full names to the sections beside it. A statement without a
    verdict is the rules' again.
    """
    by_table: dict[str, list[OperationRow]] = defaultdict(list)
    for row in rows:
        by_table[row.table].append(row)
    names = {row.row for row in by_table[Name._meta.label_lower] if _is_read_otherwise(row)}
    spellings = {
        row.row
        for row in by_table[Spelling._meta.label_lower]
        if {(row.before or {}).get("name_id"), (row.after or {}).get("name_id")} & names
    }
    statements = {
        row.row
        for row in by_table[Statement._meta.label_lower]
        if row.after and "verdict" in row.after and row.after["verdict"] is None
    }
    return {
        *SUBJECTS[Name].articles(names),
        *SUBJECTS[Spelling].articles(spellings),
        *SUBJECTS[Statement].articles(statements),
    }


def _is_read_otherwise(row: OperationRow) -> bool:
    before, after = row.before or {}, row.after or {}
    is_rejected = [image.get("verdict") == Verdict.REJECTED for image in (before, after)]
    is_another = row.before is not None and row.after is not None and "type" in after
    return is_rejected[0] != is_rejected[1] or is_another


def _part_by_withdrawal(rows: Iterable[OperationRow]) -> tuple[set[int], set[int]]:
    """Returns the articles that changed as a whole, and the sections of which a withdrawal came, ended or went."""
    of_articles = [row for row in rows if row.subject == Article._meta.model_name]
    withdrawals = {row.row: row for row in of_articles if row.table == Withdrawal._meta.label_lower}
    # A row has only the columns that changed, unless it came or went.
    stored = read_rows(Withdrawal, withdrawals)
    sections = {
        number: (stored.get(number) or row.before or {}).get("section_id") for number, row in withdrawals.items()
    }
    articles = {
        row.subject_id for row in of_articles if row is not withdrawals.get(row.row) or sections[row.row] is None
    }
    return articles, {section for section in sections.values() if section is not None}


def _with_shown_change(model: type[Model], subject: Subject, rows: Iterable[OperationRow]) -> set[int]:
    """Returns the rows of a model, changed themselves or in other tables, of which readers see the change."""
    indexed = {table.model._meta.label_lower: table.indexed for table in subject.tables}
    return {
        row.subject_id
        for row in rows
        if row.subject == model._meta.model_name and indexed[row.table] & {*(row.before or ()), *(row.after or ())}
    }


def _articles_of_removed(model: type[Model], rows: Iterable[OperationRow]) -> set[int]:
    """Returns the articles of rows of a model that are not there any more."""
    gone = (row.before for row in rows if row.table == model._meta.label_lower and row.after is None)
    return {image["article_id"] for image in gone if image and "article_id" in image}


def _articles_of_added(rows: Iterable[OperationRow]) -> set[int]:
    """Returns an article for each name that got or lost a spelling which no text has.

    It changes no document; but every process looks at the spellings again once the index has another state.
    """
    came_or_went = (row for row in rows if row.table == Spelling._meta.label_lower and None in (row.before, row.after))
    names = {image["name_id"] for row in came_or_went if (image := row.before or row.after)}
    mentions = Mention.objects.filter(is_in_shown_words(timezone.now(), path="version__")).order_by()
    found = (
        mentions.filter(spelling__name=name).values_list("version__section__article", flat=True).first()
        for name in names
    )
    return {article for article in found if article is not None}


def _mark_changed(article_ids: Iterable[int]) -> None:
    ids = sorted(article_ids)
    for start in range(0, len(ids), BATCH_ROWS):
        mark_changed(Section.objects.filter(article_id__in=ids[start : start + BATCH_ROWS]))


@contextmanager
def operation(
    kind: Kind,
    *,
    user_name: str,
    label: str,
    undoes: Operation | None = None,
    part_of: Operation | None = None,
) -> Iterator[Act]:
    """Makes the block one operation, in one transaction that waits to write.

    The block says beforehand what it may change (`Act.watch`), and what it made (`Act.created`). All that differs
    afterwards is recorded, by which it can be undone; where nothing does, nothing is. With `part_of`, it is added to
    an operation that is there.
    """
    with transaction.atomic():
        wait_to_write()
        act = Act(kind, part_of or _begin(kind, user_name, label, undoes))
        yield act
        act.finish()
        if not act.changed and part_of is None:
            Operation.objects.filter(pk=act.operation.pk).delete()


def _begin(kind: Kind, user_name: str, label: str, undoes: Operation | None) -> Operation:
    return Operation.objects.create(
        kind=kind.name,
        label=_shorten(label),
        user_name=user_name,
        at=timezone.now(),
        capture_to=last_capture(),
        undoes=undoes,
    )


def _shorten(label: str) -> str:
    return Truncator(label).chars(_MAX_LABEL_CHARS)


def last_capture() -> int:
    """Returns the number of the last capture: an undo looks which came after it."""
    return Capture.objects.aggregate(last=Max("pk"))["last"] or 0
